#include "common.hpp"

NOINLINE unsigned long step(int i) {
#if HEAD
  return burn((i & 1) + 900);
#else
  return burn(900 + (i & 1));
#endif
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
