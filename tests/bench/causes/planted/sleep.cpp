// kinds: waiting
#include <unistd.h>

#include "common.hpp"

NOINLINE void work() {
  for (int i = 0; i < 100; ++i) {
    burn(1200000);
#if HEAD
    usleep(2000);
#endif
  }
}
