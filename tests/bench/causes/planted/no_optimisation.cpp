// kinds: optimisation
// head-flags: -O0
#include "common.hpp"

NOINLINE unsigned long step(int i) {
  static int table[64];
  table[i & 63] += i;
  return burn(900 + (table[i & 63] & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 100000; ++i) sink = step(i);
}
