// kinds: cache-misses, worse-cycles
// function: count
#include <atomic>
#include <thread>

#include "common.hpp"

struct Counter {
#if HEAD
  std::atomic<long> n{0};
#else
  alignas(64) std::atomic<long> n{0};
#endif
};
static Counter counters[2];

NOINLINE void count(int thread) {
  for (int i = 0; i < 6000000; ++i) counters[thread].n.fetch_add(1, std::memory_order_relaxed);
}

NOINLINE void work() {
  std::thread a(count, 0), b(count, 1);
  a.join();
  b.join();
}
