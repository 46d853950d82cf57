#include "os/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <string_view>

#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/files.hpp"

// The kernel starts a process's peak memory (ru_maxrss) at the resident size of the memory image that exec replaces:
// with fork that is a copy of ours, with vfork and posix_spawn ours itself, so a child of a 500 MB parent would seem to
// need 500 MB. Therefore big mappings are kept out of the copy with MADV_DONTFORK. The child then lives without a heap:
// between clone and exec it uses only its stack, a Launch in memory of its own, and bare system calls.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PW_SANITIZED 1
#endif
#endif
#ifndef PW_SANITIZED
#define PW_SANITIZED 0
#endif

namespace perfwarden::os {
namespace {

constexpr std::size_t k_most_events = 8;

enum class Stage : int { affinity = 1, user, folder, exec, setup };

// Sent as two ints.
struct Failure {
  Stage stage = Stage::setup;
  int number = 0;
};

// What the child needs, in one mapping. Pointers point into that mapping or are null.
struct Launch {
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  const char* const* candidates = nullptr;  // null-terminated: paths to try in turn
  const char* cwd = nullptr;
  int in = -1, out = -1, err = -1, control = -1;
  bool pinned = false;
  cpu_set_t cpus{};
  bool drops_user = false, drops_group = false;
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t parent = 0;
  std::size_t event_count = 0;
  perf_event_attr events[k_most_events]{};
};

// An Arena is memory of its own that survives keep_heap_out_of_copy().
class Arena {
 public:
  explicit Arena(std::size_t bytes) : size_((bytes + 4095) / 4096 * 4096) {
    base_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  ~Arena() {
    if (ok()) ::munmap(base_, size_);
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  [[nodiscard]] bool ok() const { return base_ != MAP_FAILED; }  // NOLINT: the macro is C's
  [[nodiscard]] const void* base() const { return base_; }
  [[nodiscard]] const void* end() const { return static_cast<const char*>(base_) + size_; }
  template <class T>
  T* make(std::size_t count) {
    used_ = (used_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* const first = reinterpret_cast<T*>(static_cast<char*>(base_) + used_);
    for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
    used_ += count * sizeof(T);
    return first;
  }
  char* text(std::string_view s) {
    char* const copy = make<char>(s.size() + 1);
    std::copy(s.begin(), s.end(), copy);
    return copy;
  }

 private:
  std::size_t size_ = 0, used_ = 0;
  void* base_ = nullptr;
};

#define PW_CHILD __attribute__((noinline, no_profile_instrument_function))

[[noreturn]] PW_CHILD void child_fails(const Launch& launch, Stage stage, int number) {
  const Failure failure{stage, number};
  ::syscall(SYS_write, launch.control, &failure, sizeof failure);
  while (true) ::syscall(SYS_exit_group, 127);
}

PW_CHILD void child_resets_signals() {
  struct {  // the kernel's own sigaction: all zero is SIG_DFL without flags
    std::uint64_t words[4];
  } fresh{};
  for (int signal = 1; signal <= 64; ++signal) ::syscall(SYS_rt_sigaction, signal, &fresh, nullptr, 8);
}

PW_CHILD void child_seals_descriptors() {
  if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  const long most = limit.rlim_cur > 65536 ? 65536 : static_cast<long>(limit.rlim_cur);
  for (long fd = 3; fd < most; ++fd) ::syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
}

struct Opened {
  int errors[k_most_events]{};  // 0: its descriptor is attached
};

// The child opens its counters itself: a parent that protects its secrets (not dumpable) may not attach to its copy.
PW_CHILD void child_sends_events(Launch& launch) {
  Opened opened;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * k_most_events)];
  auto* const header = reinterpret_cast<cmsghdr*>(control);
  int* const sent = reinterpret_cast<int*>(CMSG_DATA(header));
  std::size_t count = 0;
  for (std::size_t i = 0; i < launch.event_count; ++i) {
    const long fd = ::syscall(SYS_perf_event_open, &launch.events[i], 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
      opened.errors[i] = errno;
    else
      sent[count++] = static_cast<int>(fd);
  }
  iovec data{&opened, sizeof opened};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (count > 0) {
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
  }
  if (::syscall(SYS_sendmsg, launch.control, &message, MSG_NOSIGNAL) < 0) child_fails(launch, Stage::setup, errno);
}

PW_CHILD void child_drops_privileges(const Launch& launch) {
  if (!launch.drops_user && !launch.drops_group) return;
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) child_fails(launch, Stage::user, errno);
  if (launch.drops_group && ::syscall(SYS_setresgid, launch.gid, launch.gid, launch.gid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user && ::syscall(SYS_setresuid, launch.uid, launch.uid, launch.uid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user) ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

[[noreturn]] PW_CHILD void child_executes(const Launch& launch) {
  int number = ENOENT;
  for (const char* const* path = launch.candidates; *path != nullptr; ++path) {
    ::syscall(SYS_execve, *path, launch.argv, launch.envp);
    // As execvp: a file that may not be run is reported, but a later folder may still have one.
    if (errno != ENOENT && errno != ENOTDIR) number = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  child_fails(launch, Stage::exec, number);
}

[[noreturn]] PW_CHILD void child_main(Launch& launch) {
  ::syscall(SYS_setpgid, 0, 0);
  child_resets_signals();
  ::syscall(SYS_dup3, launch.in, STDIN_FILENO, 0);
  ::syscall(SYS_dup3, launch.out, STDOUT_FILENO, 0);
  ::syscall(SYS_dup3, launch.err, STDERR_FILENO, 0);
  child_seals_descriptors();
  const rlimit no_core{0, 0};
  ::syscall(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, nullptr);
  if (launch.pinned && ::syscall(SYS_sched_setaffinity, 0, sizeof launch.cpus, &launch.cpus) != 0)
    child_fails(launch, Stage::affinity, errno);
  child_sends_events(launch);
  char go = 0;
  if (::syscall(SYS_read, launch.control, &go, 1) != 1) child_fails(launch, Stage::setup, EPIPE);
  child_drops_privileges(launch);
  if (launch.cwd != nullptr && ::syscall(SYS_chdir, launch.cwd) != 0) child_fails(launch, Stage::folder, errno);
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != launch.parent)
    child_fails(launch, Stage::setup, ESRCH);  // we were orphaned before that
  const std::uint64_t nothing_blocked = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, 8);
  child_executes(launch);
}

// A Range is a piece of our address space, whole pages, end excluded.
struct Range {
  std::uintptr_t begin = 0, end = 0;
};

// What the child uses of our memory, apart from code and the data of programs and libraries, with some pages to spare.
// Such pages may lie in one mapping with others, since the kernel merges neighbours.
std::vector<Range> memory_of_child(const Arena& arena) {
  constexpr std::uintptr_t k_page = 4096;
  const auto around = [](const void* first, const void* last, std::uintptr_t below, std::uintptr_t above) {
    const auto low = std::min(reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(last));
    const auto high = std::max(reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(last));
    return Range{(low - below) / k_page * k_page, (high + above + k_page) / k_page * k_page};
  };
  const int on_stack = 0;
  return {around(&on_stack, &on_stack, 64 * k_page, 16 * k_page),
          around(__builtin_thread_pointer(), &errno, k_page, 2 * k_page), around(arena.base(), arena.end(), 0, 0)};
}

// `range` without the pages of `kept`, as far as a piece is worth a system call.
void add_without(const std::vector<Range>& kept, Range range, std::vector<Range>& out) {
  constexpr std::uintptr_t k_smallest = 64 << 10;
  for (const Range& keep : kept) {
    if (keep.end <= range.begin || keep.begin >= range.end) continue;
    if (keep.begin > range.begin) add_without(kept, {range.begin, keep.begin}, out);
    if (keep.end < range.end) add_without(kept, {keep.end, range.end}, out);
    return;
  }
  if (range.end - range.begin >= k_smallest) out.push_back(range);
}

std::optional<std::uintptr_t> hexadecimal(std::string_view digits) {
  std::uintptr_t value = 0;
  if (digits.empty() || digits.size() > 16) return std::nullopt;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uintptr_t>(digit);
  }
  return value;
}

// Our writable private memory that the child can do without: the heap and other anonymous memory, but not the zeroed
// data that follows a program or library file.
std::vector<Range> mappings_to_leave_out(const Arena& arena) {
  std::vector<Range> out;
  if (PW_SANITIZED != 0) return out;  // their shadow memory must be there
  const auto maps = read_file("/proc/self/maps", std::size_t{16} << 20);
  if (!maps) return out;
  const std::vector<Range> kept = memory_of_child(arena);
  std::uintptr_t end_of_file_mapping = 0;
  for (const std::string_view line : text::lines(*maps)) {
    const std::size_t dash = line.find('-');
    const std::size_t space = line.find(' ');
    if (dash == std::string_view::npos || space == std::string_view::npos || space < dash) continue;
    const auto begin = hexadecimal(line.substr(0, dash));
    const auto end = hexadecimal(line.substr(dash + 1, space - dash - 1));
    if (!begin || !end) continue;
    const std::string_view rights = line.substr(space + 1, 4);
    if (line.find('/') != std::string_view::npos) {
      end_of_file_mapping = *end;
      continue;
    }
    const bool is_heap = line.ends_with("[heap]");
    const bool is_plain = line.find('[') == std::string_view::npos || line.find("[anon") != std::string_view::npos;
    constexpr std::uintptr_t k_largest_zeroed_data = 4 << 20;
    const bool follows_file = !is_heap && *begin == end_of_file_mapping && *end - *begin < k_largest_zeroed_data;
    if (rights != "rw-p" || follows_file || !(is_heap || is_plain)) continue;
    add_without(kept, {*begin, *end}, out);
  }
  return out;
}

void advise(const std::vector<Range>& ranges, int advice) {
  // A range that is gone meanwhile is no loss.
  for (const Range& range : ranges)
    ::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, advice);  // NOLINT: an address
}

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

// The child must not run our handlers before it has reset them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

pid_t clone_child(Launch& launch, const Arena& arena) {
  static std::mutex only_one;  // two at once would switch each other's advice off
  const std::lock_guard lock(only_one);
  const std::vector<Range> left_out = mappings_to_leave_out(arena);
  const SignalsBlocked blocked;
  advise(left_out, MADV_DONTFORK);
  // Not fork(): glibc's would touch the heap's bookkeeping in the child.
  const long pid = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) child_main(launch);
  const int number = errno;
  advise(left_out, MADV_DOFORK);
  errno = number;
  return static_cast<pid_t>(pid);
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
  child.pid = clone_child(*launch, arena);
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
