#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"
#include "os/process/child.hpp"
#include "os/process/lean_clone.hpp"

namespace perfwarden::os {

// How a program ended.
struct Ended {
  int status = 0;  // as waitpid gives it
  rusage usage{};  // of it and of all that it waited for
};

// A Launcher is a small process that starts programs for one thread of ours, one after the other, and ends all that
// they leave behind. It outlives us: when we are killed, it kills what runs. The cost of a start does not depend on our
// size, since nothing of ours is copied, and a program's ru_maxrss starts near zero instead of at our own size (see
// lean_clone.cpp). It keeps the umask, affinity and limits that we had when it was made; when our working directory has
// changed, a new launcher is made.
class Launcher {
 public:
  // This thread's launcher, started on first use. Error (io) when that fails.
  [[nodiscard]] static Result<Launcher*> of_this_thread();
  Launcher() = default;
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  // Memory for the launch: a new Launch and `bytes` free bytes for what it points to. nullptr when that is too much.
  [[nodiscard]] Launch* fresh_launch(std::size_t bytes);
  [[nodiscard]] Arena& arena() { return *arena_; }

  // Starts the launch with these three as descriptors 0 to 2. Returns when the child has executed the program or has
  // failed (launch.failure); `events` are its counters in order, without those that it could not open. Returns the
  // child's process id; wait() also for a failed child. nullopt with errno set when there is no child.
  [[nodiscard]] std::optional<pid_t> start(const std::array<int, 3>& descriptors, std::vector<UniqueFd>& events);
  // Whether the started program has ended; for kernels without pidfds.
  [[nodiscard]] bool has_ended();
  // Kills what is left of the program's group, waits for the program itself, then (2 s at most) until all other
  // descendants are dead too, whichever group or session they are in. nullopt with errno set when the launcher is gone.
  [[nodiscard]] std::optional<Ended> wait();

 private:
  [[nodiscard]] bool is_alive();
  [[nodiscard]] Status begin();
  [[nodiscard]] std::optional<Note> answer_to(Order order);
  void end();

  pid_t owner_ = 0;     // the process that made it: a fork of ours must not use it
  std::string folder_;  // its working directory
  pid_t pid_ = -1;
  UniqueFd control_;
  std::optional<Arena> arena_;
  LauncherSetup* setup_ = nullptr;
  std::size_t used_by_setup_ = 0;
};

}  // namespace perfwarden::os
