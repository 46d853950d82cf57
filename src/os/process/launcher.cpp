#include "os/process/launcher.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace perfwarden::os {
namespace {

// The kernel takes 6 MiB of arguments and environment at most; the rest is for the stack and for pointers.
constexpr std::size_t k_arena_bytes = std::size_t{16} << 20;
constexpr std::size_t k_stack_bytes = std::size_t{256} << 10;

bool send_start(int socket, const std::array<int, 3>& descriptors) {
  Order order = Order::start;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  iovec data{&order, sizeof order};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof order;
}

// One note with what is attached to it; false with errno set when there is none.
bool receive_note(int socket, Note& note, std::vector<UniqueFd>& attached) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * k_most_events)> control{};
  iovec data{&note, sizeof note};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = -1;
  do got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message);
      got > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      attached.emplace_back(fd);
    }
  }
  if (got == 0) errno = ECHILD;
  return got == static_cast<ssize_t>(sizeof note);
}

// Empty when it is gone.
std::string working_directory() {
  std::array<char, PATH_MAX> path{};
  return ::getcwd(path.data(), path.size()) == nullptr ? "" : path.data();
}

}  // namespace

Result<Launcher*> Launcher::of_this_thread() {
  static thread_local Launcher mine;
  if (!mine.is_alive()) PW_TRY(mine.begin());
  return &mine;
}

bool Launcher::is_alive() {
  if (owner_ != ::getpid() || pid_ <= 0 || !control_ || folder_ != working_directory()) return false;
  if (::waitpid(pid_, nullptr, WNOHANG | __WALL) == 0) return true;
  pid_ = -1;
  return false;
}

Launcher::~Launcher() {
  end();
}

Status Launcher::begin() {
  end();
  arena_.emplace(k_arena_bytes);
  std::array<int, 2> sockets{};
  if (!arena_->ok() || ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
    return Error{.kind = ErrorKind::io, .what = fmt::format("cannot start programs: {}", std::strerror(errno))};
  UniqueFd ours(sockets[0]);
  const UniqueFd theirs(sockets[1]);
  setup_ = arena_->make<LauncherSetup>(1);
  setup_->stack = static_cast<char*>(arena_->raw(k_stack_bytes)) + k_stack_bytes;
  setup_->launch = arena_->make<Launch>(1);
  setup_->control = theirs.get();
  used_by_setup_ = arena_->used();
  pid_ = lean_clone(*setup_, *arena_);
  if (pid_ < 0)
    return Error{.kind = ErrorKind::io, .what = fmt::format("cannot start programs: {}", std::strerror(errno))};
  owner_ = ::getpid();
  folder_ = working_directory();
  control_ = std::move(ours);
  return Nothing{};
}

void Launcher::end() {
  control_.reset();  // it ends by that
  if (pid_ > 0 && owner_ == ::getpid()) {
    while (::waitpid(pid_, nullptr, __WALL) < 0 && errno == EINTR) continue;
  }
  pid_ = -1;
  arena_.reset();
}

Launch* Launcher::fresh_launch(std::size_t bytes) {
  arena_->rewind(used_by_setup_);
  if (bytes > arena_->room()) return nullptr;
  *setup_->launch = Launch{};
  return setup_->launch;
}

std::optional<pid_t> Launcher::start(const std::array<int, 3>& descriptors, std::vector<UniqueFd>& events) {
  Note note;
  bool ok = send_start(control_.get(), descriptors) && receive_note(control_.get(), note, events);
  if (ok && note.pid == 0) ok = receive_note(control_.get(), note, events);
  if (!ok) {
    const int number = errno;
    end();  // the next one gets a new launcher
    errno = number;
    return std::nullopt;
  }
  if (note.pid > 0) return note.pid;
  errno = note.number;
  return std::nullopt;
}

std::optional<Note> Launcher::answer_to(Order order) {
  Note note;
  std::vector<UniqueFd> nothing;
  const bool ok = ::send(control_.get(), &order, sizeof order, MSG_NOSIGNAL) == sizeof order &&
                  receive_note(control_.get(), note, nothing);
  return ok ? std::optional(note) : std::nullopt;
}

bool Launcher::has_ended() {
  const std::optional<Note> note = answer_to(Order::ask_ended);
  return !note || note->number == 1;
}

std::optional<Ended> Launcher::wait() {
  const std::optional<Note> note = answer_to(Order::wait);
  if (note && note->number == 0) return Ended{setup_->launch->status, setup_->launch->usage};
  if (note) errno = note->number;
  return std::nullopt;
}

}  // namespace perfwarden::os
