// kinds: io, text, system-calls
// function: log_step
#include <cstdio>

#include "common.hpp"

#if HEAD
static FILE* log_file = fopen("/dev/null", "w");
NOINLINE void log_step(int i) {
  fprintf(log_file, "step %d of many, %s, %f\n", i, "here", i * 0.5);
  fflush(log_file);
}
#else
NOINLINE void log_step(int) {}
#endif

NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) {
    log_step(i);
    burn(2000);
  }
}
