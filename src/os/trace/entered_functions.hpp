#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/trace.hpp"
#include "os/trace/tracer.hpp"

namespace perfwarden::os {

// EntryWatch puts a breakpoint at the entry of each watched function, in every process that maps its image, and takes
// it away where it is hit. On a processor for which it is not written, nothing is known.
class EntryWatch final : public TraceListener {
 public:
  // `functions` must outlive it.
  explicit EntryWatch(const std::set<FunctionEntry>& functions);

  void executed(pid_t thread) override;
  [[nodiscard]] bool enters(pid_t thread, const SystemCall& call) override;
  void left(pid_t thread) override { place(process_of(thread)); }
  void made(pid_t parent, pid_t thread) override;
  [[nodiscard]] bool trapped(pid_t thread) override;
  [[nodiscard]] EnteredFunctions take() { return std::move(result_); }

 private:
  struct Breakpoint {
    const FunctionEntry* function = nullptr;
    unsigned char original = 0;
    bool there = true;
  };
  using Breakpoints = std::map<std::uint64_t, Breakpoint>;  // of one process, by address in its memory
  struct Mapping {
    std::uint64_t begin = 0, end = 0;
    std::uint64_t offset = 0;  // in the file
    std::string image;
  };

  [[nodiscard]] pid_t process_of(pid_t thread);
  // Breakpoints in the images that the process maps and that have none yet.
  void place(pid_t process);
  void place_in(pid_t process, const Mapping& mapping);
  void gives_up(const std::string& why);

  std::map<std::string, std::vector<const FunctionEntry*>> by_image_;
  std::map<pid_t, pid_t> processes_;  // thread → process
  std::map<pid_t, Breakpoints> breakpoints_;
  EnteredFunctions result_;
};

}  // namespace perfwarden::os
