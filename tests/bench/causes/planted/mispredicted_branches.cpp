// kinds: branch-misses, worse-cycles
// function: count
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "common.hpp"

static std::vector<int> numbers = [] {
  std::vector<int> t(1 << 16);
  for (int& x : t) x = rand() & 255;
#if !HEAD
  std::sort(t.begin(), t.end());
#endif
  return t;
}();

NOINLINE void count() {
  long n = 0;
  for (const int x : numbers) {
    if (x >= 128) {
      n += x;
      asm volatile("" : "+r"(n));
    }
  }
  sink = n;
}

NOINLINE void work() {
  for (int i = 0; i < 1500; ++i) count();
}
