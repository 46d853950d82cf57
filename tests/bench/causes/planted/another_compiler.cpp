// kinds: compiler, flags
// base-flags: -O3
// head-flags: -O3
// base-compiler: clang++
#include <string>

#include "common.hpp"

// Of compilers of these years, one turns this into a table of bits and the other into a chain of jumps.
NOINLINE int kind_of(unsigned char c) {
  int kind = 0;
  for (int bit = 0; bit < 8; ++bit) kind = kind * 3 + ((c >> bit) & 1 ? bit : -bit);
  return kind;
}

NOINLINE unsigned long hash(const std::string& text) {
  unsigned long h = 1469598103934665603UL;
  for (const char c : text)
    h = (h ^ static_cast<unsigned char>(c) ^ kind_of(static_cast<unsigned char>(c))) * 1099511628211UL;
  return h;
}

NOINLINE void work() {
  const std::string text(1 << 16, 'x');
  for (int i = 0; i < 900; ++i) sink = hash(text);
}
