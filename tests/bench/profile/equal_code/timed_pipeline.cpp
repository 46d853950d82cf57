#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>
#ifndef EXTRA
#define EXTRA 0
#endif
#define NOINLINE __attribute__((noinline))
using Clock = std::chrono::steady_clock;
static volatile std::uint64_t sink;
NOINLINE std::string render(std::uint64_t seed) {
  std::string s;
  for (int i = 0; i < 500; ++i) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    char t[24];
    int n = snprintf(t, sizeof t, "%llu,", (unsigned long long)(seed >> 40));
    s.append(t, n);
  }
  return s;
}
NOINLINE std::vector<std::uint32_t> parse(const std::string& s) {
  std::vector<std::uint32_t> v;
  std::uint32_t x = 0;
  for (char c : s) {
    if (c == ',') {
      v.push_back(x);
      x = 0;
    } else
      x = x * 10 + (c - '0');
  }
  return v;
}
NOINLINE void order(std::vector<std::uint32_t>& v) {
  std::sort(v.begin(), v.end());
}
NOINLINE std::uint64_t checksum(const std::vector<std::uint32_t>& v, int rounds) {
  std::uint64_t h = 1;
  for (int r = 0; r < rounds; ++r)
    for (auto x : v) {
      h = h * 31 + x;
      h ^= h >> 29;
    }
  return h;
}
int main() {
  auto end = Clock::now() + std::chrono::milliseconds(600);
  std::uint64_t n = 0;
  while (Clock::now() < end) {
    auto s = render(n++);
    auto v = parse(s);
    order(v);
    sink = checksum(v, 100 + EXTRA);
  }
  std::printf("%llu\n", (unsigned long long)n);
}
