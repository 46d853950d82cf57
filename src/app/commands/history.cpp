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
#include "app/cli/version.hpp"
#include "app/history/commits.hpp"
#include "app/history/deployments.hpp"
#include "app/history/export.hpp"
#include "app/history/open.hpp"
#include "app/history/person.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/publication.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "github/deployments.hpp"
#include "github/run_context.hpp"
#include "os/clock.hpp"

namespace perfwarden::app {
namespace {

constexpr std::int64_t k_retention_day_s = 86'400;
constexpr double k_most_days = 36'500;
constexpr const char* k_usual_environment = "production";

struct HistoryVerb {
  ConfigOptions config;
  std::optional<std::size_t> raw_days, summary_days;  // instead of the config's
  std::vector<std::string> keep;
  std::string to;  // of a copy
  std::string revision = "HEAD", series = "**", reason;
  Deployment deployment;
  std::string environment;             // of it, or of those that are asked for; empty = the usual one, or all
  std::string file;                    // of deployments
  bool github = false;                 // they are asked for there
  std::size_t most_deployments = 300;  // that are asked for
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

std::int64_t seconds_of(std::optional<std::size_t> days, double configured_s) {
  return days ? static_cast<std::int64_t>(*days) * k_retention_day_s : static_cast<std::int64_t>(configured_s);
}

Result<ExitCode> prune_history(World& world, const HistoryVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  const std::int64_t raw_s = seconds_of(options.raw_days, config.retention.raw_s);
  const std::int64_t summaries_s = seconds_of(options.summary_days, config.retention.summaries_s);
  if (raw_s > summaries_s)
    return wrong_usage("raw values cannot be kept longer than the runs that they belong to",
                       "give --raw and --summaries, or write `retention: { raw: 90d, summaries: 2y }` in the config");
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  store::Retention retention;
  const std::int64_t now = world.clock.unix_s();
  retention.raw_since = os::rfc3339(now - raw_s);
  retention.runs_since = os::rfc3339(now - summaries_s);
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

// Of one environment when it is named.
Result<std::vector<Deployment>> deployments_on_github(World& world, const HistoryVerb& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  const std::string token = github::token(world.environment);
  if (!context.in_github || context.repository.empty())
    return wrong_usage("this is not GitHub Actions, so the repository is not known",
                       "gh api repos/OWNER/REPO/deployments | perfwarden history deploy --from -");
  if (token.empty())
    return wrong_usage("there is no token to read deployments with",
                       "set PERFWARDEN_TOKEN: ${{ github.token }}, and give the job `permissions: deployments: read`");
  github::Api api(world.http, world.clock,
                  {context.api_url, context.repository, token, "perfwarden/" + std::string(version())});
  PW_TRY_ASSIGN(const std::vector<Deployment> found,
                github::deployments(api, context.repository, options.environment, options.most_deployments));
  std::vector<Deployment> out;
  for (Deployment one : found) {
    const auto time = os::read_rfc3339(one.time);
    if (!time || !is_sha(one.commit)) continue;
    one.time = os::rfc3339(*time);
    if (one.environment.empty()) one.environment = k_usual_environment;
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<Deployment>> named_deployments(World& world, const HistoryVerb& options) {
  if (options.github) return deployments_on_github(world, options);
  if (!options.file.empty()) {
    PW_TRY_ASSIGN(const std::string text, read_input(options.file));
    return read_deployments(text, options.file);
  }
  Deployment one = options.deployment;
  one.environment = options.environment.empty() ? k_usual_environment : options.environment;
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
  pruning.add_option("--raw", options->raw_days, "Days for which raw values are kept (default: retention.raw)")
      .within(1, k_most_days);
  pruning
      .add_option("--summaries", options->summary_days,
                  "Days for which runs and their statistics are kept (default: retention.summaries)")
      .within(1, k_most_days);
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
  deploying.add_option("--environment", options->environment,
                       "Where it went (default: production); with --github only what went there (default: all)");
  deploying.add_option("--name", options->deployment.name, "What people call it: a version, an address");
  deploying.add_option("--time", options->deployment.time, "When, RFC 3339; default now");
  const Option from = deploying.add_option(
      "--from", options->file,
      "Read deployments from a JSON file instead, also as GitHub's API gives them; - is standard input");
  deploying.add_flag("--github", options->github, "Ask GitHub instead; of those that reached their environment")
      .excludes(from);
  deploying.add_option("--most", options->most_deployments, "How many of the newest GitHub is asked for")
      .within(1, 10'000)
      .show_default();
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
    "  perfwarden history deploy v1.4 --environment production\n"
    "  perfwarden history deploy --github",
    {k_not_measured, k_not_published}};

}  // namespace perfwarden::app
