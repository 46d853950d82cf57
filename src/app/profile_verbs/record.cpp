#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/foreign_code.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/tokens_in_reach.hpp"
#include "app/profile/files.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "measure/record.hpp"
#include "os/files/files.hpp"
#include "os/process/user.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/pprof.hpp"

namespace perfwarden::app {
namespace {

struct RecordOptions {
  Profiling how;
  std::string output;
  std::vector<std::string> command;
  std::size_t runs = 1;
  double seconds = 0;
  std::size_t frequency = 999;
};

Result<std::vector<Profile>> record_runs(World& world, const RecordOptions& options, const std::string& folder) {
  Plan plan;
  Suite suite;
  suite.name = options.command.front();
  suite.run.argv = options.command;
  suite.timeout_s = 3600;
  suite.profile = options.how;
  plan.suites.push_back(std::move(suite));
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY(look_for_tokens(world, context, os::unprivileged_owner_of(".")));
  PW_TRY_ASSIGN(ForeignCode foreign,
                ForeignCode::begin(world, children_of(world, Config{}, "", os::absolute_path("."))));
  const measure::Children& children = foreign.children();
  Profiling how = options.how;
  how.frequency = static_cast<int>(options.frequency);
  PW_TRY_ASSIGN(measure::Recorder recorder, measure::make_recorder(how, children, world.processes, folder));
  recorder.seconds = options.seconds;
  std::vector<Profile> out;
  for (std::size_t run = 0; run < options.runs; ++run) {
    const Step step{Step::Kind::measure, Side::head, 0, 0, static_cast<int>(run), {}};
    PW_TRY_ASSIGN(const std::string bytes, measure::record(recorder, plan, step, children, world.processes));
    PW_TRY_ASSIGN(Profile profile, profile::read(bytes, "the recording"));
    out.push_back(std::move(profile));
  }
  PW_TRY(foreign.end());
  return out;
}

// Recordings are kept apart, in a folder of their own: recordings of another day would pass for theirs.
Status check_folder(const std::string& output) {
  if (output.empty() || output == "-")
    return Error{.kind = ErrorKind::usage,
                 .what = "several recordings need a folder",
                 .hint = "name one: perfwarden profile record --runs 3 -o base/ -- ./bench"};
  if (!os::exists(output)) return Nothing{};
  const Result<std::vector<std::string>> names = os::list_directory(output);
  if (names && names->empty()) return Nothing{};
  return Error{.kind = ErrorKind::usage,
               .what = os::is_directory(output) ? "the folder is not empty" : "this is not a folder",
               .where = output,
               .hint = "remove it, or name another: each recording becomes a file in it"};
}

// In pprof's form, which keeps the event and how long was recorded.
Status write_apart(World& world, const std::vector<Profile>& runs, const std::string& output) {
  for (std::size_t run = 0; run < runs.size(); ++run)
    PW_TRY(os::write_file(fmt::format("{}/{:03}.pb.gz", output, run + 1), profile::write_pprof(runs[run])));
  note(world, fmt::format("{} recordings are in {}", runs.size(), text::one_line(output)));
  return Nothing{};
}

Status record(World& world, const RecordOptions& options) {
  if (options.command.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no command to record",
                 .hint = "write it after --: perfwarden profile record -- ./bench"};
  if (options.seconds > 0 && options.how.with != "perf")
    return wrong_usage("--seconds works with perf only", "leave out --seconds, or --with " + options.how.with);
  if (options.runs > 1) PW_TRY(check_folder(options.output));
  PW_TRY_ASSIGN(const std::string folder, os::make_temporary_directory("perfwarden-profile"));
  const Result<std::vector<Profile>> runs = record_runs(world, options, folder);
  (void)os::remove_all(folder).has_value();
  if (!runs) return runs.error();
  for (const Profile& profile : *runs)
    for (const Warning& warning : profile.warnings) note(world, warning.text);
  if (options.runs > 1) return write_apart(world, *runs, options.output);
  const Profile& profile = runs->front();
  // By samples where it counts them, so that a comparison knows how many there were.
  const std::size_t type = profile.count_type.value_or(profile.default_type);
  return write_result_in_pieces(world, options.output,
                                [&](const Sink& sink) { return profile::write_folded(profile, type, sink); });
}

Run declare_profile_record(Verb& verb) {
  auto options = std::make_shared<RecordOptions>();
  options->how.with = "perf";
  verb.add_option("COMMAND", options->command, "Program and its arguments, after --").required();
  verb.add_option("--with", options->how.with, "perf (processor time) or heaptrack (allocations)")
      .one_of({"perf", "heaptrack"})
      .show_default();
  verb.add_option("--call-graph", options->how.call_graph,
                  "How perf finds callers: fp, or dwarf without frame pointers")
      .one_of({"fp", "dwarf"})
      .show_default();
  verb.add_option("--frequency", options->frequency, "Samples a second, for perf").within(1, 100'000).show_default();
  verb.add_option("--seconds", options->seconds,
                  "Interrupt the command after so long, for perf (default: it runs to its end)")
      .within(0.1, 86'400);
  verb.add_option("--runs", options->runs, "Recordings to make, each a file of the folder --output")
      .within(1, 1000)
      .show_default();
  verb.add_option("-o,--output", options->output, "File to write, or with --runs a folder (default: stdout)");
  return [options](World& world) -> Result<ExitCode> {
    PW_TRY(record(world, *options));
    return k_pass;
  };
}

}  // namespace

extern const Command k_command_record{"record", "Run a command under a profiler and fold its stacks",
                                      declare_profile_record};

}  // namespace perfwarden::app
