#include <array>

#include "common.hpp"

#if HEAD
extern const std::array<int, 4096> k_table_of_nobody;
const std::array<int, 4096> k_table_of_nobody{1, 2, 3};
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
