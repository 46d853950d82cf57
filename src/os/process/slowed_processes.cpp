#include "os/process/slowed_processes.hpp"

namespace perfwarden::os {

Result<ProcessResult> SlowedProcesses::run(const Command& command) {
  const bool there = command.cwd == directory_ || command.cwd.starts_with(directory_ + "/");
  if (!command.count_events || !there) return inner_.run(command);
  ++count_;
  Command slowed = command;
  slowed.slowdown = slowdown_;
  return inner_.run(slowed);
}

}  // namespace perfwarden::os
