// kinds: io, system-calls
// function: is_fresh
#include <sys/stat.h>

#include "common.hpp"

NOINLINE bool is_fresh() {
#if HEAD
  struct stat facts;
  return stat("/proc/self/exe", &facts) == 0;
#else
  return sink != 1;
#endif
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) {
    sink = is_fresh();
    burn(2000);
  }
}
