// kinds: containers, cache-misses, worse-cycles, allocation
// function: sum
#include <list>
#include <vector>

#include "common.hpp"

#if HEAD
using Numbers = std::list<int>;
#else
using Numbers = std::vector<int>;
#endif
static const Numbers k_numbers(200000, 3);

NOINLINE void sum() {
  long s = 0;
  for (const int x : k_numbers) {
    s += x;
    asm volatile("" : "+r"(s));
  }
  sink = s;
}

NOINLINE void work() {
  for (int i = 0; i < 150; ++i) {
    sum();
    burn(200000);
  }
}
