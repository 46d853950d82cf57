#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifndef EXTRA
#define EXTRA 0
#endif
#define NOINLINE __attribute__((noinline))
static char block[65536];
NOINLINE static void write_blocks(int fd, int n) {
  for (int i = 0; i < n; ++i)
    if (pwrite(fd, block, 16384, 0) < 0) exit(1);
}
NOINLINE static void read_blocks(int fd, int n) {
  for (int i = 0; i < n; ++i)
    if (pread(fd, block, 16384, 0) < 0) exit(1);
}
NOINLINE static void touch_pages(int n) {
  for (int i = 0; i < n; ++i) {
    char* p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int j = 0; j < (1 << 20); j += 4096) p[j] = 1;
    munmap(p, 1 << 20);
  }
}
NOINLINE static unsigned encode(int rounds) {
  unsigned h = 7;
  for (int r = 0; r < rounds; ++r)
    for (int i = 0; i < 16384; ++i) h = (h << 5) + h + (unsigned char)block[i];
  return h;
}
NOINLINE static int format(int n) {
  char t[64];
  int s = 0;
  for (int i = 0; i < n; ++i) s += snprintf(t, sizeof t, "%d:%08x:%s", i, i * 7919, "abc");
  return s;
}
int main() {
  char name[] = "/tmp/profdiff-XXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  unsigned t = 0;
  for (int r = 0; r < 20; ++r) {
    write_blocks(fd, 1500);
    read_blocks(fd, 1500);
    touch_pages(8);
    t += encode(3 * (100 + EXTRA) / 2);
    t += format(30000);
  }
  printf("%u\n", t);
}
