#include "common.hpp"

#if HEAD
NOINLINE unsigned long step(int index) {
  const unsigned long rounds = 900 + (index & 1);
  return burn(rounds);
}
#else
NOINLINE unsigned long step(int i) {
  const unsigned long n = 900 + (i & 1);
  return burn(n);
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
