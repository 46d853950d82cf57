#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/measurement.hpp"
#include "app/profile/files.hpp"
#include "measure/record.hpp"
#include "os/files/files.hpp"
#include "profile/diff/merge.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"

namespace perfwarden::app {
namespace {

struct RecordOptions {
  Profiling how;
  std::string output;
  std::vector<std::string> command;
  std::size_t runs = 1;
};

Result<std::vector<Profile>> record_runs(World& world, const RecordOptions& options, const std::string& folder) {
  Plan plan;
  Suite suite;
  suite.name = options.command.front();
  suite.run.argv = options.command;
  suite.timeout_s = 3600;
  suite.profile = options.how;
  plan.suites.push_back(std::move(suite));
  const measure::Children children = children_of(world, Config{}, "", os::absolute_path("."));
  PW_TRY_ASSIGN(const measure::Recorder recorder,
                measure::make_recorder(options.how, children, world.processes, folder));
  std::vector<Profile> out;
  for (std::size_t run = 0; run < options.runs; ++run) {
    const Step step{Step::Kind::measure, Side::head, 0, 0, static_cast<int>(run), {}};
    PW_TRY_ASSIGN(const std::string bytes, measure::record(recorder, plan, step, children, world.processes));
    PW_TRY_ASSIGN(Profile profile, profile::read(bytes, "the recording"));
    out.push_back(std::move(profile));
  }
  return out;
}

Status record(World& world, const RecordOptions& options) {
  if (options.command.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no command to record",
                 .hint = "write it after --: perfwarden profile record -- ./bench"};
  PW_TRY_ASSIGN(const std::string folder, os::make_temporary_directory("perfwarden-profile"));
  const Result<std::vector<Profile>> runs = record_runs(world, options, folder);
  (void)os::remove_all(folder).has_value();
  if (!runs) return runs.error();
  PW_TRY_ASSIGN(const profile::Merged merged, profile::merge(*runs));
  for (const Warning& warning : merged.profile.warnings) note(world, warning.text);
  std::size_t type = merged.profile.default_type;
  if (merged.profile.count_type) type = *merged.profile.count_type;  // so that a comparison knows how many there were
  return write_result_in_pieces(world, options.output,
                                [&](const Sink& sink) { return profile::write_folded(merged.profile, type, sink); });
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
  verb.add_option("--runs", options->runs, "Runs to add up").within(1, 1000).show_default();
  verb.add_option("-o,--output", options->output, "Write to this file instead of standard output");
  return [options](World& world) -> Result<ExitCode> {
    PW_TRY(record(world, *options));
    return k_pass;
  };
}

}  // namespace

extern const Command k_command_record{"record", "Run a command under a profiler and fold its stacks",
                                      declare_profile_record};

}  // namespace perfwarden::app
