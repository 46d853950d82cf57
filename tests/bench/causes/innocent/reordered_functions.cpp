#include "common.hpp"

NOINLINE unsigned long first(int i);
NOINLINE unsigned long second(int i);

#if HEAD
NOINLINE unsigned long second(int i) {
  return burn(700 - (i & 1));
}
#endif
NOINLINE unsigned long first(int i) {
  return burn(600 + (i & 1));
}
#if !HEAD
NOINLINE unsigned long second(int i) {
  return burn(700 - (i & 1));
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) sink = first(i) + second(i);
}
