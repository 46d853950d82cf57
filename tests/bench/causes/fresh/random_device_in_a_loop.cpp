// kinds: random
// function: draw
#include <random>

#include "common.hpp"

static std::minstd_rand fast(7);

NOINLINE unsigned draw() {
#if HEAD
  std::random_device device;
  return device();
#else
  return static_cast<unsigned>(fast());
#endif
}

NOINLINE void work() {
  for (int i = 0; i < 40000; ++i) {
    sink = draw();
    burn(3000);
  }
}
