#pragma once

namespace perfwarden::os {

// How many stop signals came so far.
[[nodiscard]] int stop_count();
// A descriptor that is readable for ever once `nth` (1 or 2) stop signals came; -1 while no handlers are installed.
// For poll; never read from it.
[[nodiscard]] int stop_fd(int nth);
// To be asked after a failed call that waited: it was interrupted, and is not to be tried again.
[[nodiscard]] bool gave_up_for_signal(int number);

// While one lives, a child is watched, so a stop signal does not end us.
class Busy {
 public:
  Busy();
  ~Busy();
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
};

}  // namespace perfwarden::os
