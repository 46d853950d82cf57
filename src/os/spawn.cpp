#include "os/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "base/text.hpp"
#include "os/child.hpp"
#include "os/clock.hpp"
#include "os/lean_clone.hpp"

namespace perfwarden::os {
namespace {

std::vector<std::string> candidates_of(const Command& command) {
  const std::string& name = command.argv[0];
  if (name.find('/') != std::string::npos) return {name};
  const auto path = command.env.find("PATH");
  std::vector<std::string> out;
  for (const std::string_view folder :
       text::split(path == command.env.end() ? std::string_view("/usr/local/bin:/usr/bin:/bin") : path->second, ':'))
    out.push_back(folder.empty() ? "./" + name : std::string(folder) + "/" + name);
  return out;
}

char* const* strings(Arena& arena, const std::vector<std::string>& texts) {
  char** const out = arena.make<char*>(texts.size() + 1);
  for (std::size_t i = 0; i < texts.size(); ++i) out[i] = arena.text(texts[i]);
  return out;
}

std::size_t bytes_of(const std::vector<std::string>& texts) {
  std::size_t bytes = 64;
  for (const std::string& text : texts) bytes += text.size() + 1 + sizeof(char*);
  return bytes;
}

struct Texts {
  std::vector<std::string> argv, env, candidates;
  [[nodiscard]] std::size_t bytes() const { return bytes_of(argv) + bytes_of(env) + bytes_of(candidates); }
};

Texts texts_of(const Command& command) {
  Texts texts{command.argv, {}, candidates_of(command)};
  for (const auto& [name, value] : command.env) texts.env.push_back(fmt::format("{}={}", name, value));
  return texts;
}

Launch* make_launch(Arena& arena, const Command& command, const Texts& texts, std::span<const EventSpec> events) {
  Launch* const launch = arena.make<Launch>(1);
  launch->argv = strings(arena, texts.argv);
  launch->envp = strings(arena, texts.env);
  launch->candidates = strings(arena, texts.candidates);
  launch->cwd = command.cwd.empty() ? nullptr : arena.text(command.cwd);
  launch->pinned = !command.cpus.empty();
  for (const int cpu : command.cpus) CPU_SET(static_cast<std::size_t>(cpu), &launch->cpus);
  launch->drops_user = command.uid.has_value() && (*command.uid != ::geteuid() || *command.uid != ::getuid());
  launch->drops_group = command.gid.has_value() && (*command.gid != ::getegid() || *command.gid != ::getgid());
  launch->uid = command.uid.value_or(0);
  launch->gid = command.gid.value_or(0);
  launch->parent = ::getpid();
  if (const int persona = ::personality(0xffffffff); command.no_aslr && persona >= 0)
    launch->persona = static_cast<unsigned long>(persona) | ADDR_NO_RANDOMIZE;
  launch->event_count = std::min(events.size(), k_most_events);
  for (std::size_t i = 0; i < launch->event_count; ++i) launch->events[i] = attributes_of(events[i]);
  return launch;
}

struct Pipe {
  UniqueFd read, write;
};

// Descriptors from 3 on, since the child puts its own on 0 to 2 and we may have been started without those.
UniqueFd raised(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return UniqueFd(fd);
  UniqueFd low(fd);
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return Error{ErrorKind::io, fmt::format("cannot make a pipe: {}", std::strerror(errno)), "", "", ""};
  Pipe pipe{raised(ends[0]), raised(ends[1])};
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(pipe.read.get(), F_SETPIPE_SZ, 1 << 20);  // fewer wake-ups of ours beside a chatty benchmark
  return pipe;
}

Result<UniqueFd> make_stdin(const std::string& text) {
  if (text.empty()) return raised(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  UniqueFd file = raised(::memfd_create("stdin", MFD_CLOEXEC));
  std::string_view left = text;
  while (file && !left.empty()) {
    const ssize_t written = ::write(file.get(), left.data(), left.size());
    if (written < 0 && errno != EINTR) break;
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!file || !left.empty() || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return Error{ErrorKind::io, fmt::format("cannot prepare standard input: {}", std::strerror(errno)), "", "", ""};
  return file;
}

Error explain(const Command& command, const Failure& failure) {
  const std::string name = text::one_line(command.argv[0]);
  const std::string reason = std::strerror(failure.number);
  Error error{ErrorKind::io, fmt::format("cannot run '{}': {}", name, reason), "", "", ""};
  switch (failure.stage) {
    case Stage::affinity: {
      std::vector<std::string> cpus;
      for (const int cpu : command.cpus) cpus.push_back(std::to_string(cpu));
      error.what = fmt::format("cannot run '{}' on CPU {}: {}", name, text::join(cpus, ","), reason);
      error.hint = "choose among the CPUs that `perfwarden doctor` lists as usable";
      break;
    }
    case Stage::user:
      error.what = fmt::format("cannot run '{}' as another user: {}", name, reason);
      error.hint = "only root can change the user; run perfwarden as the user that shall run the benchmarks";
      break;
    case Stage::folder:
      error.what = fmt::format("cannot run '{}' in '{}': {}", name, text::one_line(command.cwd), reason);
      error.hint = "check working_directory, and that the user who runs benchmarks may enter it";
      break;
    case Stage::exec:
      if (failure.number == ENOENT && name.find('/') == std::string::npos)
        error.hint = "no folder of PATH has it: install it, or give its path";
      else if (failure.number == ENOENT)
        error.hint = "check the path, that the build makes this file, and the interpreter that its first line names";
      else if (failure.number == EACCES)
        error.hint = "make it executable (chmod +x), and check that the disk is not mounted noexec";
      else if (failure.number == ENOEXEC)
        error.hint = "it is no program for this machine: a script needs a first line such as #!/bin/sh";
      break;
    case Stage::setup:
      break;
  }
  return error;
}

Status refuse_unusable(const Command& command) {
  const auto has_nul = [](const std::string& s) { return s.find('\0') != std::string::npos; };
  if (command.argv.empty() || command.argv[0].empty())
    return Error{ErrorKind::io, "cannot run an empty command", "", "", ""};
  bool bad = std::any_of(command.argv.begin(), command.argv.end(), has_nul) || has_nul(command.cwd);
  for (const auto& [name, value] : command.env) bad = bad || has_nul(name) || has_nul(value) || name.empty();
  if (bad) return explain(command, {Stage::setup, EINVAL});
  for (const int cpu : command.cpus)
    if (cpu < 0 || cpu >= CPU_SETSIZE) return explain(command, {Stage::affinity, EINVAL});
  return Nothing{};
}

ssize_t receive(int socket, msghdr& message) {
  ssize_t got = -1;
  do got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  return got;
}

// The child's first message: its counters, or why it gave up.
std::optional<Failure> receive_events(int socket, std::size_t wanted, std::vector<UniqueFd>& events) {
  Opened opened;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * k_most_events)> control{};
  iovec data{&opened, sizeof opened};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = receive(socket, message);
  std::vector<UniqueFd> received;
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message);
      got > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      received.emplace_back(fd);
    }
  }
  if (got == static_cast<ssize_t>(sizeof(Failure))) {
    return Failure{static_cast<Stage>(opened.errors[0]), opened.errors[1]};
  }
  if (got != static_cast<ssize_t>(sizeof opened)) return Failure{Stage::setup, got < 0 ? errno : ECHILD};
  std::size_t next = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    events.emplace_back();
    if (opened.errors[i] == 0 && next < received.size()) events.back() = std::move(received[next++]);
  }
  return std::nullopt;
}

// Lets the child exec; the socket closes when that succeeds.
std::optional<Failure> let_go(int socket, double& started_s) {
  const char go = 'g';
  started_s = SystemClock().monotonic_s();
  if (::send(socket, &go, 1, MSG_NOSIGNAL) != 1) return Failure{Stage::setup, errno};
  Failure failure;
  iovec data{&failure, sizeof failure};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  const ssize_t got = receive(socket, message);
  if (got == 0) return std::nullopt;
  return got == static_cast<ssize_t>(sizeof failure) ? failure : Failure{Stage::setup, got < 0 ? errno : EPROTO};
}

void reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

Result<Child> spawn(const Command& command, std::span<const EventSpec> events) {
  static_assert(sizeof(Failure) != sizeof(Opened));
  PW_TRY(refuse_unusable(command));
  const Texts texts = texts_of(command);
  Arena arena(sizeof(Launch) + texts.bytes() + command.cwd.size() + 256);
  if (!arena.ok()) return explain(command, {Stage::setup, errno});
  Launch* const launch = make_launch(arena, command, texts, events);
  PW_TRY_ASSIGN(const UniqueFd in, make_stdin(command.stdin_text));
  PW_TRY_ASSIGN(Pipe out, make_pipe());
  PW_TRY_ASSIGN(Pipe err, make_pipe());
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
    return explain(command, {Stage::setup, errno});
  const UniqueFd ours = raised(sockets[0]);
  UniqueFd theirs = raised(sockets[1]);
  if (!in || !out.write || !err.write || !theirs) return explain(command, {Stage::setup, EMFILE});
  launch->in = in.get();
  launch->out = out.write.get();
  launch->err = err.write.get();
  launch->control = theirs.get();

  Child child;
  child.pid = lean_clone(*launch, arena);
  if (child.pid < 0) return explain(command, {Stage::setup, errno});
  theirs.reset();
  out.write.reset();
  err.write.reset();
  child.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  std::optional<Failure> failure = receive_events(ours.get(), launch->event_count, child.events);
  if (!failure) failure = let_go(ours.get(), child.started_s);
  if (failure) {
    reap(child.pid);
    return explain(command, *failure);
  }
  child.out = std::move(out.read);
  child.err = std::move(err.read);
  return child;
}

}  // namespace perfwarden::os
