#pragma once

#include <future>
#include <optional>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::os {

// A Background is a program that runs beside us until this is destroyed, such as a server. It ends by SIGTERM, or by
// SIGKILL 2 s later, with all its descendants, as in Processes::run; also when we are told to stop, or are killed.
class Background {
 public:
  // Starts it in a thread of its own. Its time limit, if it has one, still holds.
  Background(Processes& processes, Command command);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  // How it came to an end by itself, or why it could not be started; null while it runs.
  [[nodiscard]] const Result<ProcessResult>* ended();

 private:
  UniqueFd end_;
  std::future<Result<ProcessResult>> running_;
  std::optional<Result<ProcessResult>> result_;
};

}  // namespace perfwarden::os
