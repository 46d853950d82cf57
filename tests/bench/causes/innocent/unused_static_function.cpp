#include "common.hpp"

#if HEAD
[[maybe_unused]] static int unused(int x) {
  return x * 3;
}
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
