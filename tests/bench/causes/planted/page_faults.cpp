// kinds: page-faults, allocation, system-calls
#include <sys/mman.h>

#include <cstddef>

#include "common.hpp"

constexpr std::size_t k_bytes = 8 << 20;

static char* memory() {
  return static_cast<char*>(mmap(nullptr, k_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

#if HEAD
NOINLINE void work() {
  for (int i = 0; i < 40; ++i) {
    char* p = memory();
    for (std::size_t k = 0; k < k_bytes; k += 4096) p[k] = 1;
    munmap(p, k_bytes);
    burn(2000000);
  }
}
#else
static char* kept = memory();
NOINLINE void work() {
  for (int i = 0; i < 40; ++i) {
    for (std::size_t k = 0; k < k_bytes; k += 4096) kept[k] = 1;
    burn(2000000);
  }
}
#endif
