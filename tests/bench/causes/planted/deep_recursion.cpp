// kinds: depth, new-hotspot
// function: depth
#include "common.hpp"

#if HEAD
NOINLINE unsigned long depth(int k) {
  unsigned long s = k == 0 ? 0 : depth(k - 1) + k;
  asm volatile("" : "+r"(s));
  return s;
}
#else
NOINLINE unsigned long depth(int n) {
  unsigned long s = 0;
  for (int k = 0; k < n; ++k) {
    s += k;
    asm volatile("" : "+r"(s));
  }
  return s;
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 6000; ++i) {
    sink = depth(2000);
    burn(12000);
  }
}
