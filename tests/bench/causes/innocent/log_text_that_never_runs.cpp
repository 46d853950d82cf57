#include <cstdio>

#include "common.hpp"

NOINLINE unsigned long step(int i) {
  if (i < 0) {
#if HEAD
    fprintf(stderr, "step %d cannot be taken: it is below 0; see the manual, chapter 4\n", i);
#else
    fprintf(stderr, "bad step %d\n", i);
#endif
    return 0;
  }
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
