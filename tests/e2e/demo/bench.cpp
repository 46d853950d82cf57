// A small text library and its benchmarks: what `make demo` measures at two commits.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::uint64_t next_random(std::uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

std::string make_table(int rows) {
  std::uint64_t state = 42;
  std::string text;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < 8; ++column) {
      text += std::to_string(next_random(state) % 100000) + (column == 7 ? '\n' : ',');
    }
  }
  return text;
}

long sum_of_fields(std::string_view text) {
  long sum = 0, field = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      field = field * 10 + (c - '0');
    } else {
      sum += field;
      field = 0;
    }
  }
  return sum;
}

// Key stretching: every round mixes the whole state once more.
constexpr int k_hash_rounds = 100;

std::uint64_t stretch(std::string_view key) {
  std::uint64_t state = 0x9e3779b97f4a7c15u;
  for (int round = 0; round < k_hash_rounds; ++round) {
    for (const char c : key) {
      state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
      state ^= state >> 29;
    }
  }
  return state;
}

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

void parse(benchmark::State& state) {
  const std::string text = make_table(400);
  for (auto _ : state) benchmark::DoNotOptimize(sum_of_fields(text));
}
BENCHMARK(parse);

void sort(benchmark::State& state) {
  std::uint64_t seed = 7;
  std::vector<std::uint32_t> numbers(20000);
  for (auto& number : numbers) number = static_cast<std::uint32_t>(next_random(seed));
  std::vector<std::uint32_t> copy;
  for (auto _ : state) {
    copy = numbers;
    std::sort(copy.begin(), copy.end());
    benchmark::DoNotOptimize(copy.data());
  }
}
BENCHMARK(sort);

void hash(benchmark::State& state) {
  const std::string key(256, 'k');
  for (auto _ : state) benchmark::DoNotOptimize(stretch(key));
}
BENCHMARK(hash);

void match(benchmark::State& state) {
  const std::string path = make_table(20);
  for (auto _ : state) benchmark::DoNotOptimize(matches("*7*1,*9?3*0,*77*,*12\n*", path));
}
BENCHMARK(match);

}  // namespace

BENCHMARK_MAIN();
