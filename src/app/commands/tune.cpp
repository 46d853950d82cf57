#include "trend/tune.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/open.hpp"
#include "base/text.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_most_tuned_days = 3650;
constexpr double k_days_a_month = 30;
constexpr std::int64_t k_tuned_day_s = 86'400;
constexpr std::size_t k_most_caught = 5;  // that are named

struct TuneVerb {
  ConfigOptions config;
  std::string series = "**", output;
  std::size_t days = 90;
  double alarms_a_month = 1;
  bool as_json = false;
};

// One series of what the store gave, which is sorted by series.
struct TunedSeries {
  SeriesId id;
  Better better = Better::lower;
  std::vector<trend::PastChange> changes;
};

std::vector<TunedSeries> by_series(const std::vector<store::PastComparison>& all, const std::string& glob) {
  std::vector<TunedSeries> out;
  for (const store::PastComparison& one : all) {
    if (one.better == Better::unknown || !text::glob_match_prefix(glob, one.id.path())) continue;
    if (out.empty() || out.back().id != one.id) out.push_back({one.id, one.better, {}});
    const double worse = one.better == Better::lower ? one.ratio - 1 : 1 - one.ratio;
    out.back().changes.push_back({one.commit, one.time, worse, one.significance == Significance::distinct});
  }
  return out;
}

// What a person said about its alerts counts against making a budget hard.
std::set<SeriesId> series_with_false_positives(const std::vector<Alert>& alerts) {
  std::set<SeriesId> out;
  for (const Alert& alert : alerts)
    if (alert.state().status == AlertStatus::false_positive) out.insert(alert.series);
  return out;
}

// "soft: +3%": the sign is the bad direction.
std::string limit_text(const char* level, double budget, Better better) {
  return fmt::format("{}: {}{:g}%", level, better == Better::higher ? '-' : '+', budget * 100);
}

std::string caught_text(const trend::Proposal& proposal) {
  if (proposal.caught.empty()) return "no run would have failed";
  std::string out = "would have caught ";
  for (std::size_t i = 0; i < std::min(proposal.caught.size(), k_most_caught); ++i)
    out += fmt::format("{}{} ({:+.1f} %)", i == 0 ? "" : ", ", text::one_line(proposal.caught[i].commit.substr(0, 10)),
                       proposal.caught[i].worse * 100);
  if (proposal.caught.size() > k_most_caught)
    out += fmt::format(" and {} more", proposal.caught.size() - k_most_caught);
  return out;
}

std::string yaml_of(const trend::Proposal& proposal, Better better) {
  if (std::isnan(proposal.budget))
    return fmt::format(
        "  # {}: {}\n", text::one_line(proposal.id.path()),
        proposal.runs < trend::k_least_runs_to_tune
            ? fmt::format("{} runs are too few; {} are needed", proposal.runs, trend::k_least_runs_to_tune)
            : fmt::format("too noisy for a budget (spread {:.1f} %)", proposal.spread * 100));
  std::string limits = limit_text("soft", proposal.budget, better);
  if (proposal.hard) limits += ", " + limit_text("hard", 2 * proposal.budget, better);
  return fmt::format("  # {} runs, spread {:.2g} %: at most {:.2g} false alarms a month; {}{}\n  {}: {{ {} }}\n",
                     proposal.runs, proposal.spread * 100, proposal.alarms_a_month, caught_text(proposal),
                     proposal.hard ? "; it has earned hard" : "", json::quoted(proposal.id.path()), limits);
}

nlohmann::ordered_json json_of(const trend::Proposal& proposal) {
  nlohmann::ordered_json caught = nlohmann::ordered_json::array();
  for (const trend::PastChange& change : proposal.caught)
    caught.push_back({{"commit", change.commit}, {"time", change.time}, {"worse_percent", change.worse * 100}});
  return {{"suite", proposal.id.suite},
          {"benchmark", proposal.id.benchmark},
          {"metric", proposal.id.metric},
          {"runs", proposal.runs},
          {"spread_percent", json::number(proposal.spread * 100)},
          {"budget_percent", json::number(proposal.budget * 100)},
          {"false_alarms_a_month", json::number(proposal.alarms_a_month)},
          {"hard", proposal.hard},
          {"caught", caught}};
}

Result<ExitCode> tune_budgets(World& world, const TuneVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  const std::string since = os::rfc3339(world.clock.unix_s() - static_cast<std::int64_t>(options.days) * k_tuned_day_s);
  PW_TRY_ASSIGN(const std::vector<store::PastComparison> past, store->comparisons_since(since));
  PW_TRY_ASSIGN(const std::vector<Alert> alerts, store->alerts());
  const std::vector<TunedSeries> all = by_series(past, options.series);
  if (all.empty())
    return Error{
        .kind = ErrorKind::usage,
        .what = fmt::format("no run of the last {} days compared a series that matches '{}'", options.days,
                            text::one_line(options.series)),
        .hint = "run `perfwarden check` with `mode: observe` for some weeks first, or look further back with --days"};
  std::set<std::string> runs;
  for (const store::PastComparison& one : past) runs.insert(one.time + one.commit);
  const double a_month = static_cast<double>(runs.size()) * k_days_a_month / static_cast<double>(options.days);
  const std::set<SeriesId> doubtful = series_with_false_positives(alerts);
  std::string yaml = fmt::format("# perfwarden tune: {} runs of the last {} days, {:.0f} a month\nbudgets:\n",
                                 runs.size(), options.days, a_month);
  nlohmann::ordered_json out{
      {"schema", "perfwarden.tune/1"}, {"runs", runs.size()}, {"series", nlohmann::ordered_json::array()}};
  for (const TunedSeries& one : all) {
    trend::Proposal proposal = trend::tune(one.id, one.changes, all.size(), {options.alarms_a_month, a_month});
    proposal.hard = proposal.hard && !doubtful.contains(one.id);
    yaml += yaml_of(proposal, one.better);
    if (options.as_json) out["series"].push_back(json_of(proposal));
  }
  PW_TRY(write_result(world, options.output, options.as_json ? json::pretty(out) : yaml));
  return k_pass;
}

Run declare_tune(Verb& verb) {
  auto options = std::make_shared<TuneVerb>();
  verb.add_option("series", options->series, "Glob of suite/benchmark/metric; default all");
  verb.add_option("--days", options->days, "How far to look back").within(1, k_most_tuned_days).show_default();
  verb.add_option("--alarms-a-month", options->alarms_a_month,
                  "False alarms that all series together may raise in a month")
      .within(1e-6, 1000)
      .show_default();
  verb.add_flag("--json", options->as_json, "As JSON (perfwarden.tune/1)");
  verb.add_option("-o,--output", options->output, "Write to this file instead of standard output");
  add_config_file(verb, options->config);
  return [options](World& world) { return tune_budgets(world, *options); };
}

}  // namespace

extern const Command k_command_tune{
    "tune",
    "Propose budgets from what earlier runs measured",
    declare_tune,
    "  perfwarden tune                     budgets as YAML, with what each would have caught\n"
    "  perfwarden tune --alarms-a-month 0.2 -o budgets.yml",
    {k_not_measured}};

}  // namespace perfwarden::app
