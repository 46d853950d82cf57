#include "os/patience.hpp"

#include <fmt/format.h>

#include <utility>

#include "os/clock.hpp"
#include "os/process/signals.hpp"

namespace perfwarden::os {

Wait::Wait(Patience patience, std::string what) : patience_(std::move(patience)), what_(std::move(what)) {}

bool Wait::goes_on() {
  constexpr double k_pause_s = 0.05, k_say_after_s = 2;
  SystemClock clock;
  const double now_s = clock.monotonic_s();
  if (began_s_ == 0) began_s_ = now_s;
  const double waited_s = now_s - began_s_;
  if (stop_count() > 0 || waited_s >= patience_.end_s) return false;
  if (!said_ && waited_s >= k_say_after_s && patience_.say) {
    patience_.say(fmt::format("waiting for {} (for {:g} s at most)", what_, patience_.end_s));
    said_ = true;
  }
  clock.sleep_s(k_pause_s);
  return stop_count() == 0;
}

}  // namespace perfwarden::os
