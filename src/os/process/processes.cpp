#include "os/process/processes.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <memory>
#include <thread>

#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/machine/energy.hpp"
#include "os/process/launcher.hpp"
#include "os/process/pauses.hpp"
#include "os/process/perf_events.hpp"
#include "os/process/signals.hpp"
#include "os/process/spawn.hpp"
#include "os/trace/entered_functions.hpp"
#include "os/trace/file_system_user.hpp"
#include "os/trace/filter.hpp"
#include "os/trace/tracer.hpp"
#include "os/trace/used_files.hpp"

namespace perfwarden::os {
namespace {

constexpr double k_grace_s = 2;  // between SIGTERM and SIGKILL
constexpr double k_tick_s = 1;   // between calls of on_wait

// A Stream keeps the first bytes that come out of a pipe and drops the rest.
class Stream {
 public:
  Stream(const UniqueFd& pipe, std::size_t most, std::string& text, bool& truncated)
      : fd_(pipe.get()), most_(most), text_(text), truncated_(truncated) {}
  [[nodiscard]] int fd() const { return fd_; }  // -1 once it has ended, so that poll skips it

  // Reads once; false when there was nothing to read now.
  bool read_once() {
    if (fd_ < 0) return false;
    static thread_local const auto buffer = std::make_unique_for_overwrite<char[]>(k_buffer_bytes);  // NOLINT: an array
    const ssize_t got = ::read(fd_, buffer.get(), k_buffer_bytes);
    if (got < 0 && errno == EINTR) return true;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (got <= 0) {
      fd_ = -1;
      return false;
    }
    const std::size_t kept = std::min(static_cast<std::size_t>(got), most_ - text_.size());
    text_.append(buffer.get(), kept);
    truncated_ = truncated_ || kept < static_cast<std::size_t>(got);
    return true;
  }

 private:
  static constexpr std::size_t k_buffer_bytes = 1 << 18;
  int fd_;
  std::size_t most_;
  std::string& text_;
  bool& truncated_;
};

// A Watch waits for a child to end, reads its pipes meanwhile, and ends it when time is up or a signal came.
class Watch {
 public:
  Watch(const Command& command, const Child& child, ProcessResult& result)
      : child_(child),
        result_(result),
        on_wait_(command.on_wait),
        out_(child.out, command.max_output_bytes, result.out, result.out_truncated),
        err_(child.err, command.max_output_bytes, result.err, result.err_truncated),
        pauses_(child.pid, command.slowdown, child.started_s),
        // The signal that ends this command, and the one that leaves it no more time.
        last_signal_(command.even_when_stopping ? 2 : 1),
        ended_by_(command.ended_by),
        next_tick_s_(child.started_s + k_tick_s) {
    if (command.timeout_s > 0) deadline_s_ = child.started_s + command.timeout_s;
  }

  // Returns when the leader has ended; gives the time of that.
  double until_end() {
    const Busy busy;
    while (true) {
      poll_once();
      const double now_s = clock_.monotonic_s();
      if (has_ended()) return now_s;
      out_.read_once();
      err_.read_once();
      end_if_due(now_s);
      if (!terminating_) pauses_.act(now_s);
      if (on_wait_ && now_s >= next_tick_s_) {
        on_wait_();
        next_tick_s_ = now_s + k_tick_s;
      }
    }
  }

  // What is in the pipes now; a process that still holds them (one that left the group) is not waited for.
  void drain() {
    constexpr int k_most_reads = 64;  // of 256 KiB; a pipe holds 1 MiB
    for (Stream* stream : {&out_, &err_})
      for (int i = 0; i < k_most_reads && stream->read_once(); ++i) continue;
  }

 private:
  void poll_once() {
    // By what was acted on, not by stop_count(): a signal may have come before the first poll.
    const bool stopping = result_.interrupted;
    const int stop = stopping && (killing_ || last_signal_ == 2) ? -1 : stop_fd(stopping ? 2 : last_signal_);
    std::array<pollfd, 5> watched{{{child_.pidfd.get(), POLLIN, 0},
                                   {out_.fd(), POLLIN, 0},
                                   {err_.fd(), POLLIN, 0},
                                   {stop, POLLIN, 0},
                                   {stopping ? -1 : ended_by_, POLLIN, 0}}};
    double wait_s = child_.pidfd ? 3600 : 0.001;
    if (on_wait_) wait_s = std::min(wait_s, next_tick_s_ - clock_.monotonic_s());
    if (deadline_s_ > 0) wait_s = std::min(wait_s, deadline_s_ - clock_.monotonic_s());
    if (!terminating_) wait_s = std::min(wait_s, pauses_.next_s() - clock_.monotonic_s());
    wait_s = std::max(0.0, wait_s);
    const double whole_s = std::floor(wait_s);
    const timespec wait{static_cast<time_t>(whole_s), static_cast<long>(std::ceil((wait_s - whole_s) * 999'999'999))};
    if (::ppoll(watched.data(), watched.size(), &wait, nullptr) <= 0) return;
    ended_ = (watched[0].revents & POLLIN) != 0;
    asked_ = asked_ || watched[4].revents != 0;
  }

  [[nodiscard]] bool has_ended() const { return child_.pidfd ? ended_ : child_.launcher->has_ended(); }

  void end_if_due(double now_s) {
    const int signals = stop_count();
    if ((asked_ || signals >= last_signal_) && !result_.interrupted) {
      result_.interrupted = true;
      if (!terminating_) terminate(now_s);
    }
    if (signals >= 2 && result_.interrupted) kill_group();
    if (deadline_s_ > 0 && now_s >= deadline_s_) {
      if (terminating_) {
        kill_group();
      } else {
        result_.timed_out = true;
        terminate(now_s);
      }
    }
  }

  void terminate(double now_s) {
    terminating_ = true;
    ::kill(-child_.pid, SIGTERM);
    ::kill(-child_.pid, SIGCONT);  // a stopped process could not act on it
    deadline_s_ = now_s + k_grace_s;
  }

  void kill_group() {
    if (!killing_) ::kill(-child_.pid, SIGKILL);
    killing_ = true;
    deadline_s_ = 0;
  }

  const Child& child_;
  ProcessResult& result_;
  const std::function<void()>& on_wait_;
  Stream out_, err_;
  Pauses pauses_;
  SystemClock clock_;
  int last_signal_, ended_by_;
  double next_tick_s_;
  double deadline_s_ = 0;  // 0: none
  bool asked_ = false, terminating_ = false, killing_ = false, ended_ = false;
};

Usage usage_of(const rusage& used, double wall_s, const std::vector<UniqueFd>& events) {
  Usage usage;
  usage.wall_s = wall_s;
  usage.user_s = seconds(used.ru_utime);
  usage.system_s = seconds(used.ru_stime);
  usage.max_rss_bytes = used.ru_maxrss * 1024;
  usage.minor_faults = used.ru_minflt;
  usage.major_faults = used.ru_majflt;
  usage.voluntary_switches = used.ru_nvcsw;
  usage.involuntary_switches = used.ru_nivcsw;
  if (events.size() == hardware_events().size()) {
    usage.instructions = read_event(events[0]);
    usage.cycles = read_event(events[1]);
    usage.cache_misses = read_event(events[2]);
    usage.branch_misses = read_event(events[3]);
  }
  return usage;
}

// A traced program is followed by the thread that started it, so its end and its pipes are watched by another.
double watch_traced(Watch& watch, const Command& command, const Child& child, Tracer& tracer) {
  double ended_s = 0;
  std::jthread watcher([&] { ended_s = watch.until_end(); });
  const FileSystemUser user(command.uid, command.gid);
  if (!tracer.follow(child.pid)) ::kill(-child.pid, SIGKILL);
  watcher.join();
  return ended_s;
}

// A traced program is a child of this thread, not of the launcher, which forgets it by this.
std::optional<Ended> wait_for_traced(const Child& child) {
  static_cast<void>(child.launcher->wait());
  ::kill(-child.pid, SIGKILL);
  Ended ended;
  pid_t reaped = -1;
  do reaped = ::wait4(child.pid, &ended.status, __WALL, &ended.usage);
  while (reaped < 0 && errno == EINTR);
  return reaped == child.pid ? std::optional(ended) : std::nullopt;
}

// `listener`: of a traced run, else null.
Result<ProcessResult> run_one(const Command& command, TraceListener* listener) {
  ProcessResult result;
  if (stop_count() >= (command.even_when_stopping ? 2 : 1)) {
    result.interrupted = true;
    return result;
  }
  static const EnergyMeter meter;
  const std::optional<std::vector<double>> energy = command.count_events ? meter.read() : std::nullopt;
  PW_TRY_ASSIGN(const Child child,
                spawn(command, command.count_events ? hardware_events() : std::span<const EventSpec>{},
                      listener != nullptr ? trace_filter() : std::span<const sock_filter>{}));
  result.timeout_s = command.timeout_s;
  Watch watch(command, child, result);
  std::optional<Tracer> tracer;
  if (listener != nullptr) tracer.emplace(*listener);
  const double ended_s = tracer ? watch_traced(watch, command, child, *tracer) : watch.until_end();
  const std::optional<Ended> ended = tracer ? wait_for_traced(child) : child.launcher->wait();
  tracer.reset();  // ends what is left of a traced program
  if (!ended)
    return Error{.kind = ErrorKind::io,
                 .what = fmt::format("cannot wait for '{}': the process that started it was killed",
                                     text::one_line(command.argv[0])),
                 .hint = "run again; something on this machine kills perfwarden's processes"};
  watch.drain();
  if (WIFEXITED(ended->status)) result.exit_status = WEXITSTATUS(ended->status);
  if (WIFSIGNALED(ended->status)) result.signal = WTERMSIG(ended->status);
  result.usage = usage_of(ended->usage, ended_s - child.started_s, child.events);
  result.usage.energy_j = meter.since(energy);
  return result;
}

std::string name_of_signal(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("{}", signal) : fmt::format("{} (SIG{})", signal, name);
}

}  // namespace

Result<ProcessResult> SystemProcesses::run(const Command& command) {
  return run_one(command, nullptr);
}

std::vector<Result<ProcessResult>> Processes::run_together(const std::vector<Command>& commands) {
  std::vector<Result<ProcessResult>> results;
  results.reserve(commands.size());
  for (const Command& command : commands) results.push_back(run(command));
  return results;
}

// A thread each, since each has its own launcher.
std::vector<Result<ProcessResult>> SystemProcesses::run_together(const std::vector<Command>& commands) {
  std::vector<Result<ProcessResult>> results(commands.size(), Result<ProcessResult>(ProcessResult{}));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < commands.size(); ++i)
    others.emplace_back([this, &commands, &results, i] {
      Command quiet = commands[i];
      quiet.on_wait = nullptr;
      results[i] = run(quiet);
    });
  if (!commands.empty()) results[0] = run(commands[0]);
  others.clear();
  return results;
}

Result<TracedRun> Processes::trace(const Command& command, const std::string& /*side*/) {
  TracedRun traced;
  PW_TRY_ASSIGN(traced.result, run(command));
  traced.trace.not_known = "programs are not traced here";
  return traced;
}

Result<WatchedRun> Processes::watch(const Command& command, const std::set<FunctionEntry>& /*functions*/) {
  WatchedRun watched;
  PW_TRY_ASSIGN(watched.result, run(command));
  watched.functions.not_known = "programs are not traced here";
  return watched;
}

TracedFile Processes::look(const std::string& path) {
  return Digests().look(path);
}

// What fails under the tracer is run again without it: a time-out, or a program that needs its set-user-ID rights, must
// not become the benchmark's failure.
Result<TracedRun> SystemProcesses::trace(const Command& command, const std::string& side) {
  constexpr double k_slower = 1.5;  // at most, for the time-out
  TracedRun run_of;
  if (trace_filter().empty()) {
    run_of.trace.not_known = "perfwarden does not know how to trace programs on this processor";
  } else {
    UsedFiles used(side, digests_);
    Command patient = command;
    patient.timeout_s *= k_slower;
    Result<ProcessResult> traced = run_one(patient, &used);
    if (traced && (traced->ok() || traced->interrupted)) return TracedRun{std::move(*traced), used.take()};
    run_of.trace.not_known = traced ? "under a tracer it fails: " + traced->describe() : traced.error().what;
  }
  PW_TRY_ASSIGN(run_of.result, run(command));
  return run_of;
}

Result<WatchedRun> SystemProcesses::watch(const Command& command, const std::set<FunctionEntry>& functions) {
  if (trace_filter().empty()) return Processes::watch(command, functions);
  EntryWatch watch(functions);
  PW_TRY_ASSIGN(ProcessResult result, run_one(command, &watch));
  WatchedRun watched{std::move(result), watch.take()};
  if (!watched.result.ok() && watched.functions.not_known.empty())
    watched.functions.not_known = "under a tracer it fails: " + watched.result.describe();
  return watched;
}

TracedFile SystemProcesses::look(const std::string& path) {
  return digests_.look(path);
}

std::string SystemProcesses::why_no_events() const {
  return explain_no_events();
}

std::string ProcessResult::describe() const {
  if (interrupted) return "interrupted";
  if (timed_out) return timeout_s > 0 ? fmt::format("timed out after {:g} s", timeout_s) : "timed out";
  if (signal != 0) return fmt::format("killed by signal {}", name_of_signal(signal));
  return fmt::format("exit status {}", exit_status);
}

}  // namespace perfwarden::os
