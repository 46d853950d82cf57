// kinds: io, system-calls
// function: load
#include <fcntl.h>
#include <unistd.h>

#include "common.hpp"

#if HEAD
NOINLINE void load() {
  char bytes[64];
  const int file = open("/proc/self/comm", O_RDONLY);
  sink = sink + static_cast<unsigned long>(read(file, bytes, sizeof bytes));
  close(file);
}
#else
NOINLINE void load() {
  sink = sink + 1;
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 20000; ++i) {
    load();
    burn(6000);
  }
}
