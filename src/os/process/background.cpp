#include "os/process/background.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace perfwarden::os {

// A thread of its own, since a thread's launcher runs one program at a time.
Background::Background(Processes& processes, Command command) : end_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!end_) {  // it could not be ended
    result_ = Error{.kind = ErrorKind::io, .what = std::string("cannot start programs: ") + std::strerror(errno)};
    return;
  }
  command.ended_by = end_.get();
  running_ =
      std::async(std::launch::async, [&processes, command = std::move(command)] { return processes.run(command); });
}

Background::~Background() {
  if (!end_) return;
  const std::uint64_t one = 1;
  static_cast<void>(::write(end_.get(), &one, sizeof one));
  // The future's own destructor waits for the thread.
}

const Result<ProcessResult>* Background::ended() {
  if (!result_ && running_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) result_ = running_.get();
  return result_ ? &*result_ : nullptr;
}

}  // namespace perfwarden::os
