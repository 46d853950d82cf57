#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>
#ifndef EXTRA
#define EXTRA 0
#endif
#define NOINLINE __attribute__((noinline))
using Clock = std::chrono::steady_clock;
static volatile std::uint64_t sink;
NOINLINE std::uint64_t hash_text(const std::string& s, int rounds) {
  std::uint64_t h = 14695981039346656037ull;
  for (int r = 0; r < rounds; ++r)
    for (unsigned char c : s) h = (h ^ c) * 1099511628211ull;
  return h;
}
NOINLINE std::uint64_t count_bits(const std::vector<std::uint64_t>& v) {
  std::uint64_t n = 0;
  for (auto x : v) {
    while (x) {
      x &= x - 1;
      ++n;
    }
  }
  return n;
}
NOINLINE double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double s = 0;
  for (std::size_t i = 0; i < a.size(); ++i) s += a[i] * b[i];
  return s;
}
NOINLINE std::uint64_t fill(std::vector<std::uint64_t>& v, std::uint64_t seed) {
  for (auto& x : v) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    x = seed;
  }
  return seed;
}
NOINLINE void insertion(std::vector<std::uint64_t>& v) {
  for (std::size_t i = 1; i < v.size(); ++i) {
    auto x = v[i];
    std::size_t j = i;
    while (j > 0 && v[j - 1] > x) {
      v[j] = v[j - 1];
      --j;
    }
    v[j] = x;
  }
}
template <class F>
NOINLINE void timed(double min_s, F f) {
  for (std::uint64_t n = 1;;) {
    auto t = Clock::now();
    for (std::uint64_t i = 0; i < n; ++i) f(i);
    double s = std::chrono::duration<double>(Clock::now() - t).count();
    if (s >= min_s) break;
    double m = s / min_s > 0.1 ? min_s * 1.4 / s : 10;
    n = std::max<std::uint64_t>(n + 1, static_cast<std::uint64_t>(n * m));
  }
}
int main() {
  std::string text(4000, 'x');
  std::vector<std::uint64_t> v(2000), w(300);
  std::vector<double> a(4000, 1.5), b(4000, 2.5);
  fill(v, 88172645463325252ull);
  timed(0.1, [&](auto) { sink = hash_text(text, 100 + EXTRA); });
  timed(0.1, [&](auto) { sink = count_bits(v); });
  timed(0.1, [&](auto) { sink = static_cast<std::uint64_t>(dot(a, b)); });
  timed(0.1, [&](auto i) {
    fill(w, i + 1);
    insertion(w);
    sink = w[0];
  });
}
