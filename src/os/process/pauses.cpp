#include "os/process/pauses.hpp"

#include <algorithm>
#include <csignal>
#include <limits>

namespace perfwarden::os {
namespace {

// Between two pauses: short against what a harness times, long against what a signal costs (tens of microseconds).
constexpr double k_run_s = 0.001;

}  // namespace

Pauses::Pauses(pid_t group, double slowdown, double started_s)
    : group_(group),
      slowdown_(slowdown),
      since_s_(started_s),
      next_s_(slowdown > 0 ? started_s + k_run_s / 2 : std::numeric_limits<double>::infinity()) {}

void Pauses::act(double now_s) {
  if (now_s < next_s_) return;
  if (stopped_) {
    ::kill(-group_, SIGCONT);
    stopped_s_ += now_s - since_s_;
    next_s_ = now_s + k_run_s;
  } else {
    ::kill(-group_, SIGSTOP);
    ran_s_ += now_s - since_s_;
    // Half a stretch ahead, since the end comes somewhere within one: on average that makes it whole.
    const double due_s = slowdown_ * (ran_s_ + k_run_s / 2) - stopped_s_;
    next_s_ = now_s + std::max(0.0, due_s);
  }
  stopped_ = !stopped_;
  since_s_ = now_s;
}

}  // namespace perfwarden::os
