#pragma once

#include <functional>
#include <string>

namespace perfwarden::os {

// How a wait for another process is borne.
struct Patience {
  std::function<void(const std::string&)> say = {};  // called once, when the wait has taken 2 s; may be empty
  double end_s = 600;                                // after which the wait is given up
};

// A Wait is for something that another process holds. Asked again and again, it pauses, says what it waits for, and
// ends.
class Wait {
 public:
  // `what` completes "waiting for …".
  Wait(Patience patience, std::string what);
  // Pauses a moment; false once time is up or a stop signal came.
  [[nodiscard]] bool goes_on();

 private:
  Patience patience_;
  std::string what_;
  double began_s_ = 0;  // 0: not yet
  bool said_ = false;
};

}  // namespace perfwarden::os
