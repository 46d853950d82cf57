#include "common.hpp"

#if HEAD
int never_called(int x) {
  for (int i = 0; i < 9; ++i) x = x * 5 + i;
  return x;
}
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
