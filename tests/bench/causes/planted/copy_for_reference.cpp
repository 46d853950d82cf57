// kinds: copy, allocation
// function: take
#include <vector>

#include "common.hpp"

#if HEAD
NOINLINE void take(std::vector<int> v) {
#else
NOINLINE void take(const std::vector<int>& v) {
#endif
  sink = sink + v[5];
}

static const std::vector<int> k_numbers(20000, 3);

NOINLINE void work() {
  for (int i = 0; i < 3000; ++i) {
    take(k_numbers);
    burn(12000);
  }
}
