// kinds: copy
// function: clear
#include <cstring>
#include <vector>

#include "common.hpp"

static std::vector<char> buffer(1 << 18);

NOINLINE void clear() {
#if HEAD
  memset(buffer.data(), 0, buffer.size());
#else
  memset(buffer.data(), 0, 64);
#endif
  asm volatile("" : : "r"(buffer.data()) : "memory");
}

NOINLINE void work() {
  for (int i = 0; i < 4000; ++i) {
    clear();
    burn(20000);
  }
}
