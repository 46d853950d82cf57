#include "measure/record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "os/files/files.hpp"

namespace perfwarden::measure {
namespace {

constexpr std::size_t k_most_profile_bytes = std::size_t{1} << 30;  // perf script's text of one recording
constexpr double k_tool_timeout_s = 600;
constexpr double k_sampled_slowdown = 4;  // at most, for the time-out
constexpr double k_counted_slowdown = 100;

os::Command tool(const Children& sides, std::vector<std::string> argv) {
  os::Command command;
  command.argv = std::move(argv);
  command.env = sides.env;
  command.uid = sides.uid;
  command.gid = sides.gid;
  command.timeout_s = k_tool_timeout_s;
  return command;
}

bool ran(const Result<os::ProcessResult>& result) {
  return result && result->ok();
}

Error interrupted() {
  return {.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
}

// What the kernel lets us sample: the processor's cycles, or else its clock.
Result<std::string> event_of(const Children& sides, os::Processes& processes, const std::string& folder) {
  Result<os::ProcessResult> last = Error{};
  for (const char* event : {"cycles", "cpu-clock"}) {
    last = processes.run(
        tool(sides, {"perf", "record", "-q", "--no-bpf-event", "-e", event, "-o", folder + "/probe", "--", "true"}));
    if (last && last->interrupted) return interrupted();
    // perf may fall back by itself, or count nothing without saying so; what it wrote tells.
    const bool wrote = ran(last) && ran(processes.run(tool(sides, {"perf", "script", "-i", folder + "/probe"})));
    if (wrote && (std::string_view(event) != "cycles" || last->err.find("not supported") == std::string::npos))
      return std::string(event);
  }
  return Error{
      .kind = ErrorKind::benchmark,
      .what = "perf cannot record: " + how_it_ended(last),
      .hint =
          "allow it (sysctl kernel.perf_event_paranoid=2, or the capability PERFMON for the container), or set "
          "profile: off"};
}

// The program of a profiler, and the Debian package that has it.
struct Profiler {
  std::string_view program, package;
};
Profiler profiler_of(std::string_view with) {
  if (with == "perf") return {"perf", "linux-perf"};
  if (with == "callgrind") return {"valgrind", "valgrind"};
  return {"heaptrack", "heaptrack"};
}

std::vector<std::string> wrapped(const Recorder& recorder, const std::vector<std::string>& argv,
                                 const std::string& out) {
  std::vector<std::string> words;
  if (recorder.how.with == "perf")
    // Programs of the kernel are not ours to know; to wait for their names takes a second.
    words = {"perf",
             "record",
             "-q",
             "--no-bpf-event",
             "-e",
             recorder.event,
             "-F",
             std::to_string(recorder.how.frequency),
             "--call-graph",
             recorder.how.call_graph,
             "-o",
             out,
             "--"};
  else if (recorder.how.with == "callgrind")
    words = {"valgrind", "--tool=callgrind", "--quiet", "--trace-children=yes", "--callgrind-out-file=" + out + ".%p"};
  else
    words = {"heaptrack", "--record-only", "-o", out};
  if (recorder.seconds > 0)
    words.insert(words.end(), {"timeout", "--signal=INT", "--kill-after=5", fmt::format("{:.3f}", recorder.seconds)});
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

// The user's own profiler in the place of the run command, with the file's name put in.
Result<os::Command> own_command(const Recorder& recorder, const Plan& plan, const Step& step, const Children& sides,
                                const std::string& out) {
  Plan profiled = plan;
  CommandLine& run = profiled.suites[step.suite].run;
  run = recorder.how.command;
  run.shell = text::replace_all(std::move(run.shell), "{profile}", out);
  for (std::string& word : run.argv) word = text::replace_all(std::move(word), "{profile}", out);
  Step plain = step;
  plain.only.clear();  // whose words these are, nobody knows
  return command_of(profiled, plain, sides);
}

// What a profiler wrote: the file itself, or with an ending of its choice.
Result<std::string> written(const std::string& folder, const std::string& name) {
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(folder));
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const std::string& one) { return one == name || one.starts_with(name + "."); });
  if (found == names.end())
    return Error{
        .kind = ErrorKind::benchmark, .what = "the profiler wrote no profile", .hint = "try its command by hand"};
  return os::read_file_below(folder, *found, k_most_profile_bytes);
}

// The sum of the first event's costs: "summary: 12345 …", or "totals:", which stands at the end of the file.
double total_cost(std::string_view bytes) {
  for (const std::string_view key : {"\nsummary: ", "\ntotals: "})
    if (const std::size_t at = bytes.rfind(key); at != std::string_view::npos) {
      const std::string_view rest = bytes.substr(at + key.size());
      return text::to_double(rest.substr(0, rest.find_first_of(" \n"))).value_or(0);
    }
  return 0;
}

// callgrind writes a file for each process; the benchmark is the one that did most.
Result<std::string> written_by_callgrind(const std::string& folder, std::string_view name) {
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(folder));
  std::string largest;
  double most = 0;
  for (const std::string& one : names) {
    if (!one.starts_with(name)) continue;
    PW_TRY_ASSIGN(std::string bytes, os::read_file_below(folder, one, k_most_profile_bytes));
    const double cost = total_cost(bytes);
    if (cost <= most) continue;
    most = cost;
    largest = std::move(bytes);
  }
  if (largest.empty())
    return Error{.kind = ErrorKind::benchmark, .what = "callgrind wrote no costs", .hint = "try its command by hand"};
  return largest;
}

// The first one of those that say which code took the time. Error: why none does.
Result<Recorder> any_recorder(const Profiling& how, const Children& sides, os::Processes& processes,
                              const std::string& folder) {
  Error why;
  for (const char* with : {"perf", "callgrind"}) {
    Profiling one = how;
    one.with = with;
    Result<Recorder> recorder = make_recorder(one, sides, processes, folder);
    if (recorder || recorder.error().kind == ErrorKind::interrupted) return recorder;
    if (why.what.empty()) why = std::move(recorder).error();
  }
  return why;
}

}  // namespace

Result<Recorder> make_recorder(const Profiling& how, const Children& sides, os::Processes& processes,
                               const std::string& folder) {
  if (how.with == "auto") return any_recorder(how, sides, processes, folder);
  Recorder recorder{how, "", folder};
  PW_TRY(os::give_to_owner_of(folder, "."));
  if (how.with == "command") return recorder;
  const Profiler needed = profiler_of(how.with);
  const Result<os::ProcessResult> there = processes.run(tool(sides, {std::string(needed.program), "--version"}));
  if (there && there->interrupted) return interrupted();
  if (!ran(there))
    return Error{.kind = ErrorKind::benchmark,
                 .what = fmt::format("{} is not available: {}", needed.program, how_it_ended(there)),
                 .hint = fmt::format("install it (apt-get install {}), or set profile: off", needed.package)};
  if (how.with == "perf") {
    PW_TRY_ASSIGN(recorder.event, event_of(sides, processes, folder));
  }
  return recorder;
}

Result<std::string> record(const Recorder& recorder, const Plan& plan, const Step& step, const Children& sides,
                           os::Processes& processes) {
  constexpr std::string_view k_name = "recording";
  const std::string out = fmt::format("{}/{}", recorder.folder, k_name);
  PW_TRY_ASSIGN(const std::vector<std::string> stale, os::list_directory(recorder.folder));
  for (const std::string& name : stale)
    if (name.starts_with(k_name)) PW_TRY(os::remove_file_below(recorder.folder, name));
  os::Command command;
  if (recorder.how.with == "command") {
    PW_TRY_ASSIGN(command, own_command(recorder, plan, step, sides, out));
  } else {
    PW_TRY_ASSIGN(command, command_of(plan, step, sides));
    command.argv = wrapped(recorder, command.argv, out);
  }
  command.count_events = false;
  command.timeout_s *= recorder.how.with == "callgrind" ? k_counted_slowdown : k_sampled_slowdown;
  const Result<os::ProcessResult> result = processes.run(command);
  if (result && result->interrupted) return interrupted();
  constexpr int k_stopped = 124;  // by timeout: what was recorded until then is whole
  const bool stopped = recorder.seconds > 0 && result && result->exit_status == k_stopped && !result->timed_out;
  if (!ran(result) && !stopped)
    return Error{.kind = ErrorKind::benchmark,
                 .what = fmt::format("{} ({}): profiling failed: {}", name_of(plan, step),
                                     perfwarden::name_of(step.side), how_it_ended(result)),
                 .hint = "try by hand: " + text_of(command)};
  if (recorder.how.with == "callgrind") return written_by_callgrind(recorder.folder, k_name);
  if (recorder.how.with != "perf") return written(recorder.folder, std::string(k_name));
  // Symbols are looked up here, where the binaries still lie.
  os::Command script = tool(sides, {"perf", "script", "-i", out, "-F", "comm,pid,tid,time,period,event,ip,sym,dso"});
  script.max_output_bytes = k_most_profile_bytes;
  Result<os::ProcessResult> text = processes.run(script);
  if (text && text->interrupted) return interrupted();
  if (!ran(text))
    return Error{.kind = ErrorKind::benchmark,
                 .what = "perf script failed: " + how_it_ended(text),
                 .hint = "try by hand: " + text_of(script)};
  if (text->out_truncated)
    return Error{.kind = ErrorKind::benchmark,
                 .what = fmt::format("perf recorded more than {} MiB of stacks", k_most_profile_bytes >> 20U),
                 .hint = "lower 'frequency', or profile a shorter run"};
  return std::move(text->out);
}

}  // namespace perfwarden::measure
