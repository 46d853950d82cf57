// kinds: allocation
#include <vector>

#include "common.hpp"

#if HEAD
NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) {
    for (int k = 0; k < 6; ++k) {
      char* p = new char[512 + 64 * k];
      p[i % 512] = 1;
      sink = sink + p[7];
      asm volatile("" : : "r"(p) : "memory");
      delete[] p;
    }
    burn(400);
  }
}
#else
static std::vector<char> buffer;
NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) {
    buffer.resize(512);
    buffer[i % 512] = 1;
    sink = sink + buffer[7];
    burn(400);
  }
}
#endif
