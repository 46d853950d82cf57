#include "common.hpp"

#if HEAD
template <class T>
T twice(T x) {
  return x + x;
}
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
