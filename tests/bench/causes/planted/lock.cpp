// kinds: lock, waiting
#include <atomic>
#include <mutex>
#include <thread>

#include "common.hpp"

#if HEAD
std::mutex guard;
long total;
void one() {
  for (int i = 0; i < 400000; ++i) {
    std::lock_guard<std::mutex> lock(guard);
    total += burn(8) & 1;
  }
}
#else
std::atomic<long> total;
void one() {
  long mine = 0;
  for (int i = 0; i < 400000; ++i) mine += burn(8) & 1;
  total += mine;
}
#endif

NOINLINE void work() {
  std::thread a(one), b(one);
  a.join();
  b.join();
}
