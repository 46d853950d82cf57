// kinds: containers, allocation
// function: fill
#include <unordered_map>

#include "common.hpp"

static std::unordered_map<int, int> kept = [] {
  std::unordered_map<int, int> t;
  for (int i = 0; i < 4000; ++i) t[i] = i;
  return t;
}();

NOINLINE void fill() {
#if HEAD
  std::unordered_map<int, int> kept;
#endif
  for (int i = 0; i < 4000; ++i) kept[i] = i * 3;
  sink = kept.size();
}

NOINLINE void work() {
  for (int i = 0; i < 300; ++i) {
    fill();
    burn(200000);
  }
}
