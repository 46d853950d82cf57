// kinds: containers, allocation
// function: find
#include <map>
#include <vector>

#include "common.hpp"

#if HEAD
static const std::map<int, int> k_table = [] {
  std::map<int, int> t;
  for (int i = 0; i < 4096; ++i) t[i] = 0;
  return t;
}();
NOINLINE long find(int k) {
  return k_table.find(k & 4095)->second;
}
#else
static const std::vector<int> k_table(4096);
NOINLINE long find(int k) {
  return k_table[k & 4095];
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 1000000; ++i) {
    sink = sink + find(i * 7919);
    burn(100);
  }
}
