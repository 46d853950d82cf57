#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>
#ifndef EXTRA
#define EXTRA 0
#endif
#define NOINLINE __attribute__((noinline))
NOINLINE std::vector<std::string> make_words(int n) {
  std::vector<std::string> v;
  std::uint64_t s = 42;
  for (int i = 0; i < n; ++i) {
    s = s * 6364136223846793005ull + 1442695040888963407ull;
    v.push_back("word-number-" + std::to_string(s >> 45));
  }
  return v;
}
NOINLINE std::size_t count_words(const std::vector<std::string>& v) {
  std::unordered_map<std::string, int> m;
  for (auto& w : v) ++m[w];
  return m.size();
}
NOINLINE std::size_t sort_words(const std::vector<std::string>& v) {
  std::map<std::string, int> m;
  for (auto& w : v) ++m[w];
  return m.size();
}
NOINLINE std::uint64_t sum_bytes(const std::vector<std::string>& v, int rounds) {
  std::uint64_t h = 0;
  for (int r = 0; r < rounds; ++r)
    for (auto& w : v)
      for (unsigned char c : w) h = h * 33 + c;
  return h;
}
int main() {
  std::uint64_t t = 0;
  for (int r = 0; r < 11; ++r) {
    auto v = make_words(20000);
    t += count_words(v);
    t += sort_words(v);
    t += sum_bytes(v, (100 + EXTRA) * 3 / 10);
  }
  std::printf("%llu\n", (unsigned long long)t);
}
