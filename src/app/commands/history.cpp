#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/commits.hpp"
#include "app/history/deployments.hpp"
#include "app/history/export.hpp"
#include "app/history/open.hpp"
#include "app/history/person.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/publication.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"

namespace perfwarden::app {
namespace {

constexpr std::int64_t k_retention_day_s = 86'400;
constexpr double k_most_days = 36'500;

struct HistoryVerb {
  ConfigOptions config;
  std::size_t raw_days = 90, summary_days = 730;
  std::vector<std::string> keep;
  std::string to;  // of a copy
  std::string revision = "HEAD", series = "**", reason;
  Deployment deployment{.time = {}, .environment = "production", .commit = {}, .name = {}};
  std::string file;  // of deployments
};

// Commits of releases, which are all tags here; of the cached baselines; and of what was named.
Result<std::vector<std::string>> kept_commits(World& world, const Config& config, const HistoryVerb& options) {
  std::vector<std::string> out;
  const checkout::Git git = repository(world);
  const bool in_repository = git.is_repository().value_or(false);
  if (in_repository) {
    PW_TRY_ASSIGN(const std::string tags,
                  git.run({"for-each-ref", "--format=%(objectname) %(*objectname)", "refs/tags"}));
    for (const std::string_view line : text::lines(tags))
      for (const std::string_view sha : text::split(line, ' '))
        if (!sha.empty()) out.emplace_back(sha);
  } else {
    warn(world, "this is not a git repository, so runs of releases are not known and not kept for that");
  }
  const Result<std::vector<baseline::Entry>> entries = baseline::entries(config.baseline.directory);
  if (entries)
    for (const baseline::Entry& entry : *entries) out.push_back(entry.commit);
  for (const std::string& revision : options.keep) {
    PW_TRY_ASSIGN(const std::string commit, git.resolve(revision));
    out.push_back(commit);
  }
  return out;
}

Result<ExitCode> prune_history(World& world, const HistoryVerb& options) {
  if (options.raw_days > options.summary_days)
    return wrong_usage(
        "raw values cannot be kept longer than the runs that they belong to",
        fmt::format("perfwarden history prune --raw {} --summaries {}", options.summary_days, options.summary_days));
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  store::Retention retention;
  const std::int64_t now = world.clock.unix_s();
  retention.raw_since = os::rfc3339(now - static_cast<std::int64_t>(options.raw_days) * k_retention_day_s);
  retention.runs_since = os::rfc3339(now - static_cast<std::int64_t>(options.summary_days) * k_retention_day_s);
  PW_TRY_ASSIGN(retention.kept_commits, kept_commits(world, config, options));
  PW_TRY_ASSIGN(const store::Pruned pruned, store->prune(retention));
  world.console.out(fmt::format("removed {} runs, and the raw values of {} more\n", pruned.runs, pruned.raw_runs));
  return k_pass;
}

Result<ExitCode> copy_all(World& world, const HistoryVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  if (options.to == config.history)
    return wrong_usage("a history cannot be copied into itself", "name another address");
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  PW_TRY_ASSIGN(const std::size_t runs, copy_history(world, *store, options.to));
  world.console.out(fmt::format("{} run{} in {}\n", runs, runs == 1 ? " is" : "s are", text::one_line(options.to)));
  return k_pass;
}

Result<ExitCode> bump_series(World& world, const HistoryVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::string commit, repository(world).resolve(options.revision));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  PW_TRY_ASSIGN(const std::vector<SeriesId> all, store->series());
  const auto matching = std::count_if(
      all.begin(), all.end(), [&](const SeriesId& id) { return text::glob_match_prefix(options.series, id.path()); });
  if (matching == 0)
    return wrong_usage("no series on record matches '" + text::one_line(options.series) + "'",
                       "`perfwarden trend` lists the series");
  PW_TRY(store->add_event({.time = os::rfc3339(world.clock.unix_s()),
                           .kind = store::k_bumped,
                           .commit = commit,
                           .pull_request = 0,
                           .who = person(world),
                           .subject = options.series,
                           .reason = options.reason}));
  give_back(".perfwarden");
  world.console.out(
      fmt::format("{} series begin{} anew with {}\n", matching, matching == 1 ? "s" : "", short_sha(commit)));
  return k_pass;
}

Result<std::vector<Deployment>> named_deployments(World& world, const HistoryVerb& options) {
  if (!options.file.empty()) {
    PW_TRY_ASSIGN(const std::string text, read_input(options.file));
    return read_deployments(text, options.file);
  }
  Deployment one = options.deployment;
  PW_TRY_ASSIGN(one.commit, repository(world).resolve(options.revision));
  const auto time = one.time.empty() ? std::optional(world.clock.unix_s()) : os::read_rfc3339(one.time);
  if (!time)
    return wrong_usage("--time '" + text::one_line(one.time) + "' is not a time", "--time 2026-11-21T10:00:00Z");
  one.time = os::rfc3339(*time);
  return std::vector{one};
}

Result<ExitCode> add_deployments(World& world, const HistoryVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::vector<Deployment> named, named_deployments(world, options));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  PW_TRY_ASSIGN(const std::size_t added, store->add_deployments(named));
  give_back(".perfwarden");
  world.console.out(
      fmt::format("{} deployment{} added, {} known already\n", added, added == 1 ? "" : "s", named.size() - added));
  return k_pass;
}

Run declare_history(Verb& verb) {
  auto options = std::make_shared<HistoryVerb>();
  auto chosen = std::make_shared<Result<ExitCode> (*)(World&, const HistoryVerb&)>(prune_history);
  verb.require_subcommand();
  Verb pruning = verb.add_subcommand("prune", "Remove what is old; releases, baselines and the commits of alerts stay",
                                     [chosen] { *chosen = prune_history; });
  pruning.add_option("--raw", options->raw_days, "Days for which raw values are kept")
      .within(1, k_most_days)
      .show_default();
  pruning.add_option("--summaries", options->summary_days, "Days for which runs and their statistics are kept")
      .within(1, k_most_days)
      .show_default();
  pruning.add_option("--keep", options->keep, "Keep everything of this revision too (may be repeated)");
  add_config_file(pruning, options->config);
  Verb copying = verb.add_subcommand("copy", "Copy all of it into another database: for Grafana, or to move",
                                     [chosen] { *chosen = copy_all; });
  copying.add_option("to", options->to, "sqlite:PATH or postgresql://USER@HOST/DATABASE").required();
  add_config_file(copying, options->config);
  Verb bumping = verb.add_subcommand("bump", "Series begin anew with a commit: nothing is compared across it",
                                     [chosen] { *chosen = bump_series; });
  bumping.add_option("revision", options->revision, "The first commit of what is new").show_default();
  bumping.add_option("--series", options->series, "Glob of suite/benchmark/metric; default all");
  bumping.add_option("--reason", options->reason, "What changed that is not the code").required();
  add_config_file(bumping, options->config);
  Verb deploying =
      verb.add_subcommand("deploy", "Record that a commit was deployed, so that alerts name the deployment",
                          [chosen] { *chosen = add_deployments; });
  deploying.add_option("revision", options->revision, "The commit").show_default();
  deploying.add_option("--environment", options->deployment.environment, "Where it went").show_default();
  deploying.add_option("--name", options->deployment.name, "What people call it: a version, an address");
  deploying.add_option("--time", options->deployment.time, "When, RFC 3339; default now");
  deploying.add_option(
      "--from", options->file,
      "Read deployments from a JSON file instead, also as GitHub's API gives them; - is standard input");
  add_config_file(deploying, options->config);
  return [options, chosen](World& world) { return (*chosen)(world, *options); };
}

}  // namespace

extern const Command k_command_history{
    "history",
    "Keep the history small, copy it, and say what it cannot measure: bumps, deployments",
    declare_history,
    "  perfwarden history prune --raw 90 --summaries 730\n"
    "  perfwarden history copy sqlite:grafana.db\n"
    "  perfwarden history bump --series 'core/parse/**' --reason \"larger corpus\"\n"
    "  perfwarden history deploy v1.4 --environment production",
    {k_not_measured, k_not_published}};

}  // namespace perfwarden::app
