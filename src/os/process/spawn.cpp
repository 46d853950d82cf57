#include "os/process/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/text.hpp"
#include "os/process/child.hpp"
#include "os/process/descriptors.hpp"
#include "os/process/launcher.hpp"

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
  std::string cwd;
  [[nodiscard]] std::size_t bytes() const {
    return bytes_of(argv) + bytes_of(env) + bytes_of(candidates) + cwd.size() + 1;
  }
};

Texts texts_of(const Command& command) {
  Texts texts{command.argv, {}, candidates_of(command), command.cwd};
  for (const auto& [name, value] : command.env) texts.env.push_back(fmt::format("{}={}", name, value));
  return texts;
}

void fill(Launch& launch, Arena& arena, const Command& command, const Texts& texts, std::span<const EventSpec> events) {
  launch.argv = strings(arena, texts.argv);
  launch.envp = strings(arena, texts.env);
  launch.candidates = strings(arena, texts.candidates);
  launch.cwd = texts.cwd.empty() ? nullptr : arena.text(texts.cwd);
  launch.pinned = !command.cpus.empty();
  for (const int cpu : command.cpus) CPU_SET(static_cast<std::size_t>(cpu), &launch.cpus);
  launch.drops_user = command.uid.has_value() && (*command.uid != ::geteuid() || *command.uid != ::getuid());
  launch.drops_group = command.gid.has_value() && (*command.gid != ::getegid() || *command.gid != ::getgid());
  launch.uid = command.uid.value_or(0);
  launch.gid = command.gid.value_or(0);
  if (const int persona = command.no_aslr ? ::personality(0xffffffff) : -1; persona >= 0)
    launch.persona = static_cast<unsigned long>(persona) | ADDR_NO_RANDOMIZE;
  launch.event_count = std::min(events.size(), k_most_events);
  for (std::size_t i = 0; i < launch.event_count; ++i) launch.events[i] = attributes_of(events[i]);
}

struct Pipe {
  UniqueFd read, write;
};

// Descriptors from 3 on: we may have been started without the first three, and still write to those.
UniqueFd raised(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return UniqueFd(fd);
  const UniqueFd low(fd);
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return Error{.kind = ErrorKind::io, .what = fmt::format("cannot make a pipe: {}", std::strerror(errno))};
  Pipe pipe{raised(ends[0]), raised(ends[1])};
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(pipe.read.get(), F_SETPIPE_SZ, 1 << 20);  // fewer wake-ups of ours beside a chatty benchmark
  return pipe;
}

Result<UniqueFd> make_stdin(const std::string& text) {
  if (text.empty()) return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  UniqueFd file(::memfd_create("stdin", MFD_CLOEXEC));
  if (file) errno = write_fully(file.get(), text);
  if (!file || errno != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return Error{.kind = ErrorKind::io, .what = fmt::format("cannot prepare standard input: {}", std::strerror(errno))};
  return file;
}

Error explain(const Command& command, const Failure& failure) {
  const std::string name = text::one_line(command.argv[0]);
  const std::string reason = std::strerror(failure.number);
  Error error{.kind = ErrorKind::io, .what = fmt::format("cannot run '{}': {}", name, reason)};
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
      error.hint = "only root can change the user; run perfwarden as the user that should run the benchmarks";
      break;
    case Stage::folder:
      error.what = fmt::format("cannot run '{}' in '{}': {}", name, text::one_line(command.cwd), reason);
      error.hint = "check cwd, and that the user who runs benchmarks may enter it";
      break;
    case Stage::exec:
      if (failure.number == ENOENT && name.find('/') == std::string::npos)
        error.hint = "it is not in any folder of PATH: install it, or give its path";
      else if (failure.number == ENOENT)
        error.hint = "check the path, that the build makes this file, and the interpreter that its first line names";
      else if (failure.number == EACCES)
        error.hint = "make it executable (chmod +x), and check that the disk is not mounted noexec";
      else if (failure.number == ENOEXEC)
        error.hint = "it is not a program for this machine; a script needs a first line such as #!/bin/sh";
      break;
    case Stage::trace:
      error.what = fmt::format("cannot trace '{}': {}", name, reason);
      break;
    case Stage::setup:
      break;
  }
  return error;
}

Status refuse_unusable(const Command& command) {
  const auto has_nul = [](const std::string& s) { return s.find('\0') != std::string::npos; };
  if (command.argv.empty() || command.argv[0].empty())
    return Error{.kind = ErrorKind::io, .what = "cannot run an empty command"};
  bool bad = std::any_of(command.argv.begin(), command.argv.end(), has_nul) || has_nul(command.cwd);
  for (const auto& [name, value] : command.env) bad = bad || has_nul(name) || has_nul(value) || name.empty();
  if (bad) return explain(command, {Stage::setup, EINVAL});
  for (const int cpu : command.cpus)
    if (cpu < 0 || cpu >= CPU_SETSIZE) return explain(command, {Stage::affinity, EINVAL});
  return Nothing{};
}

}  // namespace

Result<Child> spawn(const Command& command, std::span<const EventSpec> events, std::span<const sock_filter> filter) {
  PW_TRY(refuse_unusable(command));
  PW_TRY_ASSIGN(Launcher* const launcher, Launcher::of_this_thread());
  const Texts texts = texts_of(command);
  Launch* const launch = launcher->fresh_launch(texts.bytes() + filter.size_bytes() + alignof(sock_filter));
  if (launch == nullptr) return explain(command, {Stage::exec, E2BIG});
  fill(*launch, launcher->arena(), command, texts, events);
  launch->filter.len = static_cast<unsigned short>(filter.size());
  launch->filter.filter = launcher->arena().make<sock_filter>(filter.size());
  std::copy(filter.begin(), filter.end(), launch->filter.filter);
  PW_TRY_ASSIGN(const UniqueFd in, make_stdin(command.stdin_text));
  PW_TRY_ASSIGN(Pipe out, make_pipe());
  PW_TRY_ASSIGN(Pipe err, make_pipe());
  if (!in || !out.read || !out.write || !err.read || !err.write) return explain(command, {Stage::setup, errno});
  Child child;
  std::vector<UniqueFd> counters;
  const std::optional<pid_t> pid = launcher->start({in.get(), out.write.get(), err.write.get()}, counters);
  if (!pid) return explain(command, {Stage::setup, errno});
  child.pid = *pid;
  child.launcher = launcher;
  if (launch->failure.number != 0) {
    const Failure failure = launch->failure;
    static_cast<void>(launcher->wait());
    if (!filter.empty()) static_cast<void>(::waitpid(child.pid, nullptr, __WALL));  // ours, not the launcher's
    return explain(command, failure);
  }
  out.write.reset();
  err.write.reset();
  child.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  child.started_s = static_cast<double>(launch->started.tv_sec) + static_cast<double>(launch->started.tv_nsec) * 1e-9;
  std::size_t next = 0;
  for (std::size_t i = 0; i < launch->event_count; ++i) {
    child.events.emplace_back();
    if (launch->event_errors[i] == 0 && next < counters.size()) child.events.back() = std::move(counters[next++]);
  }
  child.out = std::move(out.read);
  child.err = std::move(err.read);
  return child;
}

}  // namespace perfwarden::os
