#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/profile/files.hpp"
#include "base/text.hpp"
#include "os/files/mapped.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/inflate.hpp"
#include "profile/read/perf_script.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"

namespace perfwarden::app {
namespace {

struct FoldOptions {
  std::string file, format = "auto", output, type;
  profile::PerfScriptOptions perf{.kernel = false, .jit = false, .as_goldens = true};
  bool all = false, list = false;

  [[nodiscard]] bool names_frames() const {
    return perf.pid || perf.tid || perf.kernel || perf.jit || perf.addresses || all;
  }
};

std::string profile_formats_table() {
  std::string out;
  for (const profile::Format* format : profile::formats())
    out += fmt::format("{:<18} {}\n", format->name, format->summary);
  return out;
}

// Frames of perf script are named as stackcollapse-perf.pl names them: annotated on request only.
Result<Profile> read(const FoldOptions& options) {
  if (options.file.empty()) return wrong_usage("no file was given", "perfwarden profile fold FILE -o OUT.folded");
  const std::string name = options.file == "-" ? "standard input" : options.file;
  PW_TRY_ASSIGN(const os::MappedFile mapped,
                os::MappedFile::open(options.file == "-" ? "/dev/stdin" : options.file, profile::k_max_text_bytes));
  std::string inflated;
  PW_TRY_ASSIGN(const std::string_view text, profile::inflate(mapped.bytes(), name, inflated));
  PW_TRY_ASSIGN(const profile::Format* const row, profile::choose(text, name, options.format));
  if (row->name == "perf-script") {
    profile::PerfScriptOptions perf = options.perf;
    perf.kernel = perf.kernel || options.all;
    perf.jit = perf.jit || options.all;
    return profile::read_perf_script({text, name}, perf);
  }
  if (options.names_frames())
    return wrong_usage(fmt::format("'{}' is {}, which has no such names", text::one_line(name), row->name),
                       "--pid, --tid, --kernel, --jit, --all and --addrs are for the text of `perf script`");
  return row->read({text, name});
}

Result<std::size_t> type_of(const Profile& profile, const std::string& name) {
  if (name.empty()) return profile.default_type;
  std::vector<std::string> names;
  for (const SampleType& type : profile.types) names.push_back(type.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return wrong_usage(fmt::format("the profile has no sample type '{}'", text::one_line(name)),
                     "it has: " + text::one_line(text::join(names, ", ")));
}

Status fold(World& world, const FoldOptions& options) {
  PW_TRY_ASSIGN(const Profile profile, read(options));
  for (const Warning& warning : profile.warnings) warn(world, warning.text);
  PW_TRY_ASSIGN(const std::size_t type, type_of(profile, options.type));
  return write_result_in_pieces(world, options.output,
                                [&](const Sink& sink) { return profile::write_folded(profile, type, sink); });
}

Result<ExitCode> run(World& world, const FoldOptions& options) {
  if (options.list) {
    world.console.out(profile_formats_table());
    return k_pass;
  }
  PW_TRY(fold(world, options));
  return k_pass;
}

Run declare_profile_fold(Verb& verb) {
  auto options = std::make_shared<FoldOptions>();
  verb.add_option("file", options->file, "Profile of any format that --list prints; - for standard input");
  verb.add_option("-f,--format", options->format, "A format that --list prints, or auto").show_default();
  verb.add_option("-o,--output", options->output, "Folded stacks to write (default: stdout)");
  verb.add_option("-t,--type", options->type, "Sample type whose costs to write (default: the profile's own)");
  verb.add_flag("--pid", options->perf.pid, "perf script: add the process id to the command");
  verb.add_flag("--tid", options->perf.tid, "perf script: add process and thread id to the command");
  verb.add_flag("--kernel", options->perf.kernel, "perf script: append _[k] to functions of the kernel");
  verb.add_flag("--jit", options->perf.jit, "perf script: append _[j] to functions made by a JIT compiler");
  verb.add_flag("--all", options->all, "perf script: both --kernel and --jit");
  verb.add_flag("--addrs", options->perf.addresses, "perf script: show the address where a symbol is missing");
  verb.add_flag("--list", options->list, "Print the formats and exit");
  return [options](World& world) { return run(world, *options); };
}

}  // namespace

extern const Command k_command_fold{"fold", "Write any profile as folded stacks, one a line", declare_profile_fold};

}  // namespace perfwarden::app
