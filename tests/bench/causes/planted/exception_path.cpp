// kinds: exceptions
// function: parse
#include <stdexcept>

#include "common.hpp"

#if HEAD
NOINLINE bool parse(int i) {
  if (i % 3 == 0) throw std::runtime_error("no");
  return true;
}
NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) {
    try {
      sink = sink + parse(i);
    } catch (const std::exception&) {
    }
    burn(2000);
  }
}
#else
NOINLINE bool parse(int i) {
  return i % 3 != 0;
}
NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) {
    sink = sink + parse(i);
    burn(2000);
  }
}
#endif
