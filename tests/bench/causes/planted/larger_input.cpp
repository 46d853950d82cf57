// kinds: more-work, input
// base-input: 20000
// head-input: 32000
#include <fstream>

#include "common.hpp"

NOINLINE void work() {
  std::ifstream file("input.txt");
  long n = 0;
  for (int k; file >> k;) n += static_cast<long>(burn(4000 + static_cast<unsigned long>(k)) & 1);
  sink = n;
}
