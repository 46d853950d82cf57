#pragma once

#include "measure/run.hpp"
#include "os/console.hpp"

namespace perfwarden::measure {

// Shows progress on the console's err: a bar with time left, redrawn in place at most ten times a
// second, on a terminal; a plain line every 30 s (and one at the end) elsewhere. clear() leaves no
// trace of the bar.
class ProgressView {
 public:
  ProgressView(os::Console& console, os::Clock& clock) : console_(console), clock_(clock) {}
  void show(const Progress& progress);
  void clear();

 private:
  os::Console& console_;
  os::Clock& clock_;
  double shown_at_s_ = -1e9;
  bool drawn_ = false;
};

}  // namespace perfwarden::measure
