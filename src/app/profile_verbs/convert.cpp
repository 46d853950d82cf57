#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/profile/files.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/pprof.hpp"
#include "profile/write/speedscope.hpp"
#include "profile/write/top.hpp"

namespace perfwarden::app {
namespace {

struct ConvertOptions {
  std::string file, format = "auto", to, type, output;
};

// Only some of the columns, when a type was named.
Profile only(Profile profile, std::size_t type) {
  const double period = type == profile.default_type ? profile.period : 0;
  profile.types = {profile.types[type]};
  profile.self = {std::move(profile.self[type])};
  profile.default_type = 0;
  profile.period = period;
  return profile;
}

std::size_t negative_stacks(const Profile& profile) {
  std::size_t count = 0;
  for (const auto& self : profile.self)
    count += static_cast<std::size_t>(std::count_if(self.begin(), self.end(), [](double cost) { return cost < 0; }));
  return count;
}

Status write(World& world, const ConvertOptions& options, const Profile& profile, std::size_t type) {
  if (profile.tree.size() == 1)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' holds costs of functions, but no stacks", profile.format),
                 .where = options.file,
                 .hint = "convert the profile that this file was made from"};
  if (options.to == "folded")
    return write_result_in_pieces(world, options.output,
                                  [&](const Sink& sink) { return profile::write_folded(profile, type, sink); });
  if (options.to == "pprof") return write_result(world, options.output, profile::write_pprof(profile));
  if (const std::size_t negative = negative_stacks(profile); negative > 0)
    warn(world,
         fmt::format("{} stacks have a cost below zero, which speedscope cannot show; they are omitted", negative));
  const std::string name = std::filesystem::path(options.file).filename().string();
  return write_result(world, options.output, profile::write_speedscope(profile, name));
}

Status convert(World& world, const ConvertOptions& options) {
  PW_TRY_ASSIGN(Profile profile, read_profile(world, options.file, options.format));
  PW_TRY_ASSIGN(std::size_t type, profile::find_type(profile, options.type));
  for (const Warning& warning : profile.warnings) warn(world, warning.text);
  if (!options.type.empty()) {
    profile = only(std::move(profile), type);
    type = 0;
  }
  return write(world, options, profile, type);
}

Run declare_profile_convert(Verb& verb) {
  auto options = std::make_shared<ConvertOptions>();
  verb.add_option("file", options->file, "Profile to read; - for standard input").required();
  verb.add_option("--to", options->to, "Format to write: folded, speedscope or pprof (.pb.gz)")
      .required()
      .one_of({"folded", "speedscope", "pprof"});
  verb.add_option("-f,--format", options->format, "Format of the profile (default: found out)");
  verb.add_option("-t,--type", options->type,
                  "The sample type to write (default: all; for folded, which holds one, the profile's own)");
  verb.add_option("-o,--output", options->output, "File to write (default: stdout)");
  return [options](World& world) -> Result<ExitCode> {
    PW_TRY(convert(world, *options));
    return k_pass;
  };
}

}  // namespace

extern const Command k_command_convert{"convert", "Write a profile as folded stacks, speedscope JSON or pprof",
                                       declare_profile_convert};

}  // namespace perfwarden::app
