// kinds: cache-misses, worse-cycles
// function: sum
#include <vector>

#include "common.hpp"

constexpr int k_side = 3000;
static std::vector<int> matrix(k_side* k_side, 1);

NOINLINE void sum() {
  long s = 0;
  for (int i = 0; i < k_side; ++i)
    for (int k = 0; k < k_side; ++k)
#if HEAD
      s += matrix[k * k_side + i];
#else
      s += matrix[i * k_side + k];
#endif
  sink = s;
}

NOINLINE void work() {
  for (int i = 0; i < 6; ++i) sum();
}
