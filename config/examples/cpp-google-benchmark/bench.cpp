#include <benchmark/benchmark.h>
static void BM_Sum(benchmark::State& state) {
  for (auto _ : state)
    for (int i = 0; i < 100000 /* work */; ++i) benchmark::DoNotOptimize(i);
}
BENCHMARK(BM_Sum);
