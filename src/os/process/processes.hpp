#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/raw.hpp"
#include "model/trace.hpp"
#include "os/trace/digests.hpp"

namespace perfwarden::os {

// A Command is one process to start. No shell is involved.
struct Command {
  std::vector<std::string> argv;           // argv[0] is looked up in env's PATH unless it holds a '/'
  std::string cwd;                         // empty = ours
  std::map<std::string, std::string> env;  // the whole environment of the child
  std::vector<int> cpus;                   // affinity; empty = ours
  double timeout_s = 0;                    // 0 = none; then SIGTERM to the group, SIGKILL 2 s later
  std::size_t max_output_bytes = std::size_t{64}
                                 << 20;  // of stdout, and of stderr, kept in memory; more is read and dropped
  std::string stdin_text;
  bool count_events = false;         // perf_event counters, where the kernel allows
  std::optional<unsigned> uid, gid;  // drop privileges to these, supplementary groups cleared
  bool no_aslr = false;              // without address space randomization; effective only if may_turn_aslr_off()
  double slowdown =
      0;  // for selftest: its group is paused so that it takes 1 + slowdown times as long (os/process/pauses.hpp)
  // Run although a signal told us to stop (teardowns, cleaning up). A second signal ends this one too.
  bool even_when_stopping = false;
  int ended_by = -1;              // a descriptor that ends it, as a signal to us does, once it is readable; -1: none
  std::function<void()> on_wait;  // called about once a second while it runs, for progress; may be empty
};

// A ProcessResult describes a finished process. A non-zero exit is a result, not an
// Error.
struct ProcessResult {
  int exit_status = 0;  // when signal == 0
  int signal = 0;       // that ended it; 0 when it exited
  bool timed_out = false;
  double timeout_s = 0;      // the limit that it ran into, for describe()
  bool interrupted = false;  // we were told to stop while it ran, or `ended_by` became readable; it was killed
  std::string out, err;
  bool out_truncated = false, err_truncated = false;
  Usage usage;
  [[nodiscard]] bool ok() const { return exit_status == 0 && signal == 0 && !timed_out && !interrupted; }
  [[nodiscard]] std::string describe()
      const;  // "exit status 1", "killed by signal 9 (SIGKILL)", "timed out after 600 s"
};

// A TracedRun is a run that was watched for what it uses.
struct TracedRun {
  ProcessResult result;
  Trace trace;
};

// A WatchedRun is a run that was watched for the functions that it enters.
struct WatchedRun {
  ProcessResult result;
  EnteredFunctions functions;
};

// Processes is the interface to other programs.
class Processes {
 public:
  virtual ~Processes() = default;
  // Runs to the end; every descendant in its process group is dead when this returns, and so is every descendant that
  // left the group, where /proc lists it and we may kill it. They also die when we are killed. Error (kind io) only
  // when it could not be started at all: "cannot run 'foo': No such file or directory".
  [[nodiscard]] virtual Result<ProcessResult> run(const Command& command) = 0;
  // Runs all of them at once, for commands that are not measured (builds); results in the same order. Only on_wait of
  // the first is called. This default runs one after the other.
  [[nodiscard]] virtual std::vector<Result<ProcessResult>> run_together(const std::vector<Command>& commands);
  // Runs it like run(), and lists what it and its descendants use (os/trace/). `side`: the folder that k_side_folder
  // stands for. It takes longer than a plain run, and set-user-ID programs in it do not get their rights. Where tracing
  // is not possible it is run all the same, and `not_known` of the trace says why.
  [[nodiscard]] virtual Result<TracedRun> trace(const Command& command, const std::string& side);
  // Runs it like run(), and reports which of these functions it and its descendants entered at least once. The first
  // entry of each is a breakpoint, so that the rest of the run goes at full speed.
  [[nodiscard]] virtual Result<WatchedRun> watch(const Command& command, const std::set<FunctionEntry>& functions);
  // What a path is now (os/trace/digests.hpp).
  [[nodiscard]] virtual TracedFile look(const std::string& path);
  // Why events are not counted on this machine; empty when they are.
  [[nodiscard]] virtual std::string why_no_events() const = 0;
};

class SystemProcesses final : public Processes {
 public:
  [[nodiscard]] Result<ProcessResult> run(const Command& command) override;
  [[nodiscard]] std::vector<Result<ProcessResult>> run_together(const std::vector<Command>& commands) override;
  [[nodiscard]] Result<TracedRun> trace(const Command& command, const std::string& side) override;
  [[nodiscard]] Result<WatchedRun> watch(const Command& command, const std::set<FunctionEntry>& functions) override;
  [[nodiscard]] TracedFile look(const std::string& path) override;
  [[nodiscard]] std::string why_no_events() const override;

 private:
  Digests digests_;
};

// SIGINT, SIGTERM, SIGQUIT and SIGHUP (unless it was ignored: nohup) set a flag that ends the running child's group and
// stops measuring; also as process 1 of a container. Calls that wait (for a pipe, a lock, a database) give up within
// 50 ms. Whoever then computes on, without a child, is ended after 5 s, or at once when it never started a program. The
// second signal kills the children at once; the third ends perfwarden at once. SIGPIPE and SIGXFSZ are ignored, so that
// a closed pipe and a file beyond its limit are failed writes.
void install_signal_handlers();
[[nodiscard]] int stop_signal();  // 0, or the first that came
// From now on stop_signal() does not change: what was decided stands. Returns it.
int settle_stop_signal();
// How to end when a signal cuts even the rest short, once it is settled.
void set_exit_code(int code);

// Prevents other processes of the same user from reading our memory and environment (ptrace, /proc/PID/environ), and
// turns core dumps off. Call it once a token is in our environment.
void protect_secrets();

}  // namespace perfwarden::os
