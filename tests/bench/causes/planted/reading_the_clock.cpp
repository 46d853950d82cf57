// kinds: clock
#include <ctime>

#include "common.hpp"

NOINLINE void work() {
  for (int i = 0; i < 1000000; ++i) {
#if HEAD
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sink = sink + static_cast<unsigned long>(now.tv_nsec);
#else
    sink = sink + 1;
#endif
    burn(100);
  }
}
