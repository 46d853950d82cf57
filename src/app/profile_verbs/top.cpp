#include "profile/write/top.hpp"

#include <memory>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/profile/files.hpp"

namespace perfwarden::app {
namespace {

struct TopOptions {
  std::string file, format = "auto", type, output;
  std::size_t count = 0;
  double cutoff_percent = 0.5;
  bool json = false;
};

Result<ExitCode> run(World& world, const TopOptions& options) {
  PW_TRY_ASSIGN(const Profile profile, read_profile(world, options.file, options.format));
  PW_TRY_ASSIGN(const std::size_t type, profile::find_type(profile, options.type));
  for (const Warning& warning : profile.warnings) warn(world, warning.text);
  const profile::Top top = profile::make_top(profile, {type, options.count, options.cutoff_percent / 100});
  const std::string text = options.json ? write_top_json(profile, top) : write_top_text(profile, top);
  PW_TRY(write_result(world, options.output, text));
  return k_pass;
}

Run declare_profile_top(Verb& verb) {
  auto options = std::make_shared<TopOptions>();
  verb.add_option("file", options->file, "Profile to read; - for standard input").required();
  verb.add_option("-f,--format", options->format, "Format of the profile (default: found out)");
  verb.add_option("-t,--sample-type", options->type, "What to count: cpu, alloc_space, … (default: the profile's own)");
  verb.add_option("-n,--count", options->count, "Show at most this many functions (default: all that --cutoff leaves)");
  verb.add_option("--cutoff", options->cutoff_percent, "Omit functions below this share of the total, in percent")
      .within(0, 100)
      .show_default();
  verb.add_flag("--json", options->json, "Print JSON");
  verb.add_option("-o,--output", options->output, "File to write (default: stdout)");
  return [options](World& world) { return run(world, *options); };
}

}  // namespace

extern const Command k_command_top{"top", "The hottest functions of a profile, as `go tool pprof -top` lists them",
                                   declare_profile_top};

}  // namespace perfwarden::app
