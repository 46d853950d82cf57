#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/export.hpp"
#include "app/history/open.hpp"
#include "app/pipe/checkouts.hpp"
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
  return [options, chosen](World& world) { return (*chosen)(world, *options); };
}

}  // namespace

extern const Command k_command_history{"history",
                                       "Keep the history small, or copy it",
                                       declare_history,
                                       "  perfwarden history prune --raw 90 --summaries 730\n"
                                       "  perfwarden history copy sqlite:grafana.db",
                                       {k_not_measured, k_not_published}};

}  // namespace perfwarden::app
