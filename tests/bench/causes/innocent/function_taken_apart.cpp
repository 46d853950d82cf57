#include "common.hpp"

#if HEAD
NOINLINE unsigned long first_half(int i) {
  return burn(4500 + (i & 1));
}
NOINLINE unsigned long second_half(int i) {
  return burn(4500 - (i & 1));
}
NOINLINE unsigned long step(int i) {
  return first_half(i) + second_half(i);
}
#else
NOINLINE unsigned long step(int i) {
  return burn(4500 + (i & 1)) + burn(4500 - (i & 1));
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 6000; ++i) sink = step(i);
}
