#pragma once

#include <sys/resource.h>
#include <sys/types.h>

namespace perfwarden::os {

// A Run is the time during which one of our commands runs. Descendants that leave the command's process group (daemons)
// become our children when their parents die, since we are a child subreaper; when the last Run ends, those that were
// not there before it are killed and reaped. Where /proc does not list children, they are left alone.
class Run {
 public:
  Run();
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  void owns(pid_t leader);  // not a stray; called once it has been started
};

// To be called when the leader of a process group has ended but was not waited for. Kills what is left of the group,
// waits for the leader and returns its wait status with the usage of all that it waited for, then waits (2 s at most)
// until the others are gone.
[[nodiscard]] int end_group(pid_t leader, rusage& usage);

}  // namespace perfwarden::os
