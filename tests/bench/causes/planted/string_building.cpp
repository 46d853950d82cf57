// kinds: text, copy, allocation
// function: build
#include <string>

#include "common.hpp"

NOINLINE void build() {
  std::string s;
  for (int i = 0; i < 3000; ++i)
#if HEAD
    s = s + "word ";
#else
    s += "word ";
#endif
  sink = s.size();
}

NOINLINE void work() {
  for (int i = 0; i < 40; ++i) {
    build();
    burn(2000000);
  }
}
