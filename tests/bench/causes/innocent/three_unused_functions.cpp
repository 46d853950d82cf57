#include "common.hpp"

#if HEAD
int f1(int x) {
  return x + 1;
}
int f2(int x) {
  return x * x;
}
int f3(int x) {
  return f1(x) - f2(x);
}
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
