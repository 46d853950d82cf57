#include "os/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "os/process/signals.hpp"

namespace perfwarden::os {
namespace {

// errno of a write that failed for good; 0 when all was written.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {  // somebody made the shared terminal non-blocking
      pollfd ready{fd, POLLOUT, 0};
      if (::poll(&ready, 1, -1) < 0 && gave_up_for_signal(errno)) return errno;
    } else if (errno != EINTR || gave_up_for_signal(errno)) {
      return errno;
    }
  }
  return 0;
}

// All 0 where neither is a terminal.
winsize terminal_size() {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size;
  }
  return {};
}

}  // namespace

void SystemConsole::out(std::string_view text) {
  if (out_errno_ == 0) out_errno_ = write_all(STDOUT_FILENO, text);
}

void SystemConsole::err(std::string_view text) {
  if (err_errno_ == 0) err_errno_ = write_all(STDERR_FILENO, text);
}

std::string SystemConsole::ask(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1 || !err_is_terminal()) return "";
  err(question);
  std::string line;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

bool SystemConsole::out_is_terminal() const {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool SystemConsole::err_is_terminal() const {
  return ::isatty(STDERR_FILENO) == 1;
}

std::size_t SystemConsole::columns() const {
  const winsize size = terminal_size();
  return size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t SystemConsole::rows() const {
  const winsize size = terminal_size();
  return size.ws_row > 0 ? size.ws_row : 24;
}

bool SystemConsole::out_failed() const {
  return out_errno_ != 0 && out_errno_ != EPIPE;
}

}  // namespace perfwarden::os
