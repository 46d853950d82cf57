#include <vector>

#include "common.hpp"

static const std::vector<int> k_numbers(2000, 3);

NOINLINE long sum() {
  long s = 0;
#if HEAD
  for (const int x : k_numbers) {
    s += x;
    asm volatile("" : "+r"(s));
  }
#else
  for (std::size_t i = 0; i < k_numbers.size(); ++i) {
    s += k_numbers[i];
    asm volatile("" : "+r"(s));
  }
#endif
  return s;
}

NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) {
    sink = sum();
    burn(500);
  }
}
