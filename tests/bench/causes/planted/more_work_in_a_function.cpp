// kinds: changed-code, hotspot
// function: score
#include "common.hpp"

NOINLINE unsigned long score(int i) {
#if HEAD
  unsigned long s = 0;
  for (int k = 0; k < 900; ++k) {
    s = s * 17 + static_cast<unsigned long>(k ^ i);
    s ^= s >> 3;
    s *= 2654435761U;
    asm volatile("" : "+r"(s));
  }
  return s;
#else
  return burn(900 + i % 2);
#endif
}

NOINLINE void rest() {
  sink = burn(900);
}

NOINLINE void work() {
  for (int i = 0; i < 50000; ++i) {
    sink = score(i);
    rest();
  }
}
