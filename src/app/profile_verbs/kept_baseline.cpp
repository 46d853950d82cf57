#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>

#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/profile/files.hpp"
#include "app/profile/kept_baseline.hpp"
#include "base/text.hpp"
#include "gates/judge.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"
#include "profile/diff/diff.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/top.hpp"
#include "report/renderer.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_top_functions = 5;

struct KeepOptions {
  ConfigOptions config;
  std::string current, file = "baseline.perf-folded", reason, report, format = "auto";
};

std::size_t type_of(const Profile& profile) {
  return profile.count_type.value_or(profile.default_type);
}

Error refused(const std::string& why) {
  return {.kind = ErrorKind::usage,
          .what = "the baseline stays as it is, since " + why,
          .hint = "make the code cheaper, or accept the finding in the check first (docs/baselines.md)"};
}

// Why the gate is against it; empty when it is not.
Result<std::string> objection(World& world, const KeepOptions& options, const Profile& current) {
  if (!options.report.empty()) {
    PW_TRY_ASSIGN(const std::string text, read_input(options.report));
    PW_TRY_ASSIGN(const Report report, report::read_json(text, options.report));
    const Conclusion conclusion = report.verdict.conclusion;
    if (conclusion == Conclusion::fail || conclusion == Conclusion::failed)
      return fmt::format("the gate of {} failed", text::one_line(options.report));
    if (report.verdict.overridden) return std::string();  // a person accepted what the profiles show too
  }
  if (!os::exists(options.file)) return std::string();
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config_or_default(world, options.config));
  PW_TRY_ASSIGN(const Profile kept, read_profile(world, options.file));
  profile::DiffOptions how;
  how.labels = {options.file, options.current};
  PW_TRY_ASSIGN(const profile::Diff diff, profile::diff(kept, current, how));
  const Verdict verdict = gates::judge({.profiles = std::span(&diff.evidence, 1)}, trusted.loaded.config);
  for (const Finding& finding : verdict.findings)
    note(world, fmt::format("{} {}: {}", name_of(finding.level), finding.rule, finding.reason));
  if (verdict.conclusion == Conclusion::fail)
    return "the gate fails against the committed one: " + verdict.findings.front().reason;
  return std::string();
}

Result<ExitCode> update(World& world, const KeepOptions& options) {
  if (text::trim(options.reason).empty())
    return wrong_usage("a baseline is not replaced without a reason",
                       "say why: --reason \"parse allocates once instead of per line\"");
  PW_TRY_ASSIGN(const Profile current, read_profile(world, options.current, options.format));
  PW_TRY_ASSIGN(const std::string why, objection(world, options, current));
  if (!why.empty()) {
    fail(world, refused(why));
    return k_gate_failed;
  }
  std::string text;
  PW_TRY(profile::write_folded(current, type_of(current), [&text](std::string_view piece) { text += piece; }));
  PW_TRY_ASSIGN(std::vector<BaselineUpdate> updates, read_updates(options.file));
  BaselineUpdate now;
  now.reason = text::one_line(text::trim(options.reason));
  now.commit = repository(world).resolve("HEAD").value_or("");
  now.time = os::rfc3339(world.clock.unix_s());
  for (const double cost : current.self[type_of(current)]) now.samples += cost;
  now.digest = digest_of(text);
  updates.insert(updates.begin(), std::move(now));
  PW_TRY(os::write_file(options.file, text));
  PW_TRY(write_updates(options.file, updates));
  note(world, fmt::format("wrote {0} and {0}.json: commit both", text::one_line(options.file)));
  return k_pass;
}

Result<ExitCode> show(World& world, const KeepOptions& options) {
  PW_TRY_ASSIGN(const std::string text, read_input(options.file));
  PW_TRY_ASSIGN(const Profile profile, read_profile(world, options.file));
  PW_TRY_ASSIGN(const std::vector<BaselineUpdate> updates, read_updates(options.file));
  std::string out = text::one_line(options.file) + "\n";
  if (updates.empty()) {
    out += "no reason is kept: replace it by `perfwarden profile baseline update`, which asks for one\n";
  } else {
    const BaselineUpdate& last = updates.front();
    out += fmt::format("reason   {}\ncommit   {}\ntime     {}\nsamples  {:.0f}\n", text::one_line(last.reason),
                       text::one_line(last.commit), text::one_line(last.time), last.samples);
    if (last.digest != digest_of(text))
      warn(world, "the profile is not the one that this reason was given for: it was changed by hand since");
    for (std::size_t i = 1; i < updates.size(); ++i)
      out += fmt::format("earlier  {}  {}\n", text::one_line(updates[i].time), text::one_line(updates[i].reason));
  }
  profile::TopOptions how;
  how.type = type_of(profile);
  how.count = k_top_functions;
  world.console.out(out + "\n" + profile::write_top_text(profile, profile::make_top(profile, how)));
  return k_pass;
}

Run declare_profile_baseline(Verb& verb) {
  verb.require_subcommand();
  auto options = std::make_shared<KeepOptions>();
  const auto shows = std::make_shared<bool>(false);
  Verb updating = verb.add_subcommand("update", "Replace it by a new recording, with the reason", [] {});
  updating.add_option("current", options->current, "The new recording, of any format").required();
  updating.add_option("--reason", options->reason, "Why; kept beside the profile").required();
  updating.add_option("--file", options->file, "The committed profile").show_default();
  updating.add_option("--report", options->report, "A report.json: where its gate failed, nothing is replaced");
  updating.add_option("-f,--format", options->format, "Format of the recording (default: found out)");
  add_config_options(updating, options->config);
  Verb showing = verb.add_subcommand("show", "Its reason, commit and hottest functions", [shows] { *shows = true; });
  showing.add_option("--file", options->file, "The committed profile").show_default();
  return [options, shows](World& world) { return *shows ? show(world, *options) : update(world, *options); };
}

}  // namespace

extern const Command k_command_kept_baseline{"baseline", "Keep a committed profile to compare with, and why",
                                             declare_profile_baseline};

}  // namespace perfwarden::app
