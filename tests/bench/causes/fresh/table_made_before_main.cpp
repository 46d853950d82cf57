// kinds: cold-start
#include <vector>

#include "common.hpp"

static std::vector<unsigned long> made() {
  std::vector<unsigned long> t(1 << 12);
#if HEAD
  for (unsigned long& one : t) one = burn(30000);
#endif
  return t;
}
static const std::vector<unsigned long> k_table = made();

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = burn(3000) + k_table[i & 4095];
}
