// kinds: lock, waiting, system-calls
// function: hand_over
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common.hpp"

#if HEAD
static std::mutex guard;
static std::condition_variable changed;
static int asked = 0, answered = 0;

static void answer() {
  std::unique_lock<std::mutex> lock(guard);
  while (answered < 20000) {
    changed.wait(lock, [] { return asked > answered; });
    answered = asked;
    changed.notify_all();
  }
}
NOINLINE void hand_over() {
  std::unique_lock<std::mutex> lock(guard);
  ++asked;
  changed.notify_all();
  changed.wait(lock, [] { return answered == asked; });
}
#else
static void answer() {}
NOINLINE void hand_over() {
  sink = sink + 1;
}
#endif

NOINLINE void work() {
  std::thread other(answer);
  for (int i = 0; i < 20000; ++i) {
    hand_over();
    burn(6000);
  }
  other.join();
}
