// kinds: changed-code, hotspot, containers
// function: dedupe
#include <algorithm>
#include <vector>

#include "common.hpp"

NOINLINE void dedupe(std::vector<int>& v) {
#if HEAD
  std::vector<int> out;
  for (int x : v) {
    bool seen = false;
    for (const int y : out) {
      seen |= y == x;
      asm volatile("" : "+r"(x));
    }
    if (!seen) out.push_back(x);
  }
  v.swap(out);
#else
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
#endif
}

NOINLINE void work() {
  for (int r = 0; r < 60; ++r) {
    std::vector<int> v;
    for (int i = 0; i < 3000; ++i) v.push_back(i * 7919 % 3001);
    dedupe(v);
    sink = v.size();
    burn(1500000);
  }
}
