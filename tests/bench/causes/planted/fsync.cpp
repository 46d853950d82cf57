// kinds: io, waiting, system-calls
#include <fcntl.h>
#include <unistd.h>

#include "common.hpp"

NOINLINE void work() {
  const int file = open("out.tmp", O_CREAT | O_WRONLY | O_TRUNC, 0600);
  for (int i = 0; i < 60; ++i) {
    (void)!write(file, "x", 1);
#if HEAD
    fsync(file);
#endif
    burn(600000);
  }
  close(file);
}
