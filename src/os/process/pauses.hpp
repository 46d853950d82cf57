#pragma once

#include <sys/types.h>

namespace perfwarden::os {

// Pauses make a process group slower on purpose: it is stopped and continued (SIGSTOP, SIGCONT) so that of its wall
// time T without pauses it needs T·(1 + slowdown), for any T. The group sees it on its own clocks too, as a slower
// machine; its CPU time and counters do not change, nor does a median or minimum that it reports over intervals shorter
// than a millisecond.
class Pauses {
 public:
  // The group runs since `started_s`. A slowdown of 0 never does anything.
  Pauses(pid_t group, double slowdown, double started_s);
  // The time at which act() is due; infinity when it never is.
  [[nodiscard]] double next_s() const { return next_s_; }
  void act(double now_s);

 private:
  pid_t group_;
  double slowdown_;
  bool stopped_ = false;
  double since_s_, next_s_;
  double ran_s_ = 0, stopped_s_ = 0;
};

}  // namespace perfwarden::os
