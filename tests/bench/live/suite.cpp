// Ten small benchmarks of different kinds of work. PLANTED: per cent by which `hash` does more.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#ifndef PLANTED
#define PLANTED 0
#endif

namespace {

constexpr int k_rounds = 1000 + 10 * PLANTED;

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::mt19937 engine(1);
  std::vector<std::uint32_t> out(count);
  for (std::uint32_t& one : out) one = engine();
  return out;
}

std::string words(std::size_t count) {
  std::string out;
  for (const std::uint32_t one : numbers(count))
    out += "key" + std::to_string(one % 997) + "=" + std::to_string(one) + ";";
  return out;
}

void hash(benchmark::State& state) {
  for (auto _ : state) {
    std::uint64_t h = 14695981039346656037U;
    for (int round = 0; round < k_rounds; ++round)
      for (int byte = 0; byte < 16; ++byte) h = (h ^ static_cast<std::uint64_t>(byte + round)) * 1099511628211U;
    benchmark::DoNotOptimize(h);
  }
}

void sort(benchmark::State& state) {
  const std::vector<std::uint32_t> input = numbers(2000);
  for (auto _ : state) {
    std::vector<std::uint32_t> copy = input;
    std::sort(copy.begin(), copy.end());
    benchmark::DoNotOptimize(copy.data());
  }
}

void matrix(benchmark::State& state) {
  constexpr std::size_t n = 24;
  const std::vector<double> a(n * n, 1.5);
  for (auto _ : state) {
    std::vector<double> c(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * a[k * n + j];
    benchmark::DoNotOptimize(c.data());
  }
}

void find(benchmark::State& state) {
  const std::string text = words(2000);
  for (auto _ : state) benchmark::DoNotOptimize(text.find("key998="));
}

void tree(benchmark::State& state) {
  const std::vector<std::uint32_t> input = numbers(300);
  for (auto _ : state) {
    std::map<std::uint32_t, int> map;
    for (const std::uint32_t one : input) ++map[one];
    benchmark::DoNotOptimize(map.size());
  }
}

void copy(benchmark::State& state) {
  const std::vector<char> from(1 << 16, 'x');
  std::vector<char> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  }
}

void chase(benchmark::State& state) {
  std::vector<std::uint32_t> order(1 << 14);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(2));
  std::vector<std::uint32_t> next(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) next[order[i]] = order[(i + 1) % order.size()];
  for (auto _ : state) {
    std::uint32_t at = 0;
    for (int i = 0; i < 4000; ++i) at = next[at];
    benchmark::DoNotOptimize(at);
  }
}

void sines(benchmark::State& state) {
  for (auto _ : state) {
    double sum = 0;
    for (int i = 0; i < 1000; ++i) sum += std::sin(0.001 * i);
    benchmark::DoNotOptimize(sum);
  }
}

void strings(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<std::string> list;
    for (int i = 0; i < 200; ++i) list.emplace_back(40, static_cast<char>('a' + i % 26));
    benchmark::DoNotOptimize(list.data());
  }
}

void parse(benchmark::State& state) {
  const std::string text = words(200);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    std::uint64_t value = 0;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        value = 10 * value + static_cast<std::uint64_t>(c - '0');
      } else {
        sum += std::exchange(value, 0);
      }
    }
    benchmark::DoNotOptimize(sum);
  }
}

BENCHMARK(hash);
BENCHMARK(sort);
BENCHMARK(matrix);
BENCHMARK(find);
BENCHMARK(tree);
BENCHMARK(copy);
BENCHMARK(chase);
BENCHMARK(sines);
BENCHMARK(strings);
BENCHMARK(parse);

}  // namespace

BENCHMARK_MAIN();
