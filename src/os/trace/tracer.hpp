#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <map>

namespace perfwarden::os {

// A system call as it begins.
struct SystemCall {
  bool foreign = false;  // of another architecture: the number means something else
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> arguments{};
};

// What a Tracer reports, each while the thread in question is stopped.
class TraceListener {
 public:
  TraceListener() = default;
  TraceListener(const TraceListener&) = delete;
  TraceListener& operator=(const TraceListener&) = delete;
  virtual ~TraceListener() = default;
  virtual void executed(pid_t thread) = 0;  // a new program is in memory, and none of its instructions has run
  // True when `left` is to be called at its end.
  [[nodiscard]] virtual bool enters(pid_t thread, const SystemCall& call) = 0;
  virtual void left(pid_t /*thread*/) {}
  // A thread or a process was made; called before it runs.
  virtual void made(pid_t /*parent*/, pid_t /*thread*/) {}
  // The thread ran into a breakpoint instruction; false when that is not one of ours.
  [[nodiscard]] virtual bool trapped(pid_t /*thread*/) { return false; }
};

// A Tracer follows a program that this thread has spawned traced, and all its threads and descendants, through the
// stops of ptrace(2). Everything about a tracee must be asked by the thread that spawned it.
class Tracer {
 public:
  explicit Tracer(TraceListener& listener) : listener_(listener) {}
  ~Tracer();  // kills and reaps what is left
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // Returns when the leader has ended; it is not yet waited for. False when it could not be traced.
  [[nodiscard]] bool follow(pid_t leader);

 private:
  enum class State { starting, held, running };  // held: stopped until its parent's event has come

  [[nodiscard]] bool begin(pid_t leader);
  void stopped(pid_t thread, int status);
  void event(pid_t thread, int event);
  void resume(pid_t thread, int request, int signal = 0);

  TraceListener& listener_;
  pid_t leader_ = 0;
  std::map<pid_t, State> threads_;
};

}  // namespace perfwarden::os
