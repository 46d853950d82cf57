#include <stdexcept>
#include <string>

#include "common.hpp"

NOINLINE unsigned long step(int i) {
#if HEAD
  if (i < 0) throw std::invalid_argument("step " + std::to_string(i));
#endif
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
