#pragma once

#include <string>

#include "os/process/processes.hpp"

namespace perfwarden::os {

// SlowedProcesses are other processes in which the measured ones (count_events) that run in `directory` or below are
// slowed down (Command::slowdown); everything else is unchanged. For `selftest`.
class SlowedProcesses final : public Processes {
 public:
  SlowedProcesses(Processes& inner, std::string directory, double slowdown)
      : inner_(inner), directory_(std::move(directory)), slowdown_(slowdown) {}
  [[nodiscard]] Result<ProcessResult> run(const Command& command) override;
  [[nodiscard]] Result<TracedRun> trace(const Command& command, const std::string& side) override {
    return inner_.trace(command, side);
  }
  [[nodiscard]] Result<WatchedRun> watch(const Command& command, const std::set<FunctionEntry>& functions) override {
    return inner_.watch(command, functions);
  }
  [[nodiscard]] TracedFile look(const std::string& path) override { return inner_.look(path); }
  [[nodiscard]] std::string why_no_events() const override { return inner_.why_no_events(); }
  [[nodiscard]] int slowed() const { return count_; }  // commands so far

 private:
  Processes& inner_;
  std::string directory_;
  double slowdown_;
  int count_ = 0;
};

}  // namespace perfwarden::os
