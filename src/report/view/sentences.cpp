#include "report/view/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::report {

namespace {

constexpr std::size_t k_short_commit = 7;

}  // namespace

std::string short_commit(const std::string& commit) {
  const bool hex =
      commit.size() >= k_short_commit && commit.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return hex ? commit.substr(0, k_short_commit) : commit;
}

std::string machine_name(const Machine& machine) {
  const auto cpu = std::find_if(machine.facts.begin(), machine.facts.end(),
                                [](const auto& fact) { return fact.first == "cpu" && !fact.second.empty(); });
  return cpu != machine.facts.end() ? cpu->second : machine.fingerprint;
}

std::string format_share(double fraction) {
  std::string share = format_change(std::abs(fraction));
  if (share.starts_with('+')) share.erase(0, 1);
  return share;
}

std::string format_level(double fraction) {
  return text::replace_all(format_share(fraction), ".0 %", " %");
}

std::string levels_text(const Facts& facts, const StatisticsConfig& statistics) {
  if (facts.level_least > facts.level_most) return format_level(statistics.confidence);
  const std::string least = format_level(facts.level_least);
  const std::string most = format_level(facts.level_most);
  return least == most ? most : text::replace_all(least, " %", "") + "–" + most;
}

std::string runs_text(const Facts& facts) {
  if (facts.runs_most == 0) return "";
  const std::string most = std::to_string(facts.runs_most);
  return facts.runs_least == facts.runs_most ? most : std::to_string(facts.runs_least) + "–" + most;
}

std::string Speaker::direction(const Comparison& comparison, const std::string& ending) const {
  const double worse = comparison.worse_by();
  if (std::isnan(worse) || worse == 0) return phrases_.say("unchanged");
  const std::string end = (worse > 0 ? "_worse" : "_better") + ending;
  switch (kind_of(comparison.metric)) {
    case Kind::time:
      return phrases_.say("time" + end);
    case Kind::memory:
      return phrases_.say("memory" + end);
    case Kind::rate:
      return phrases_.say("rate" + end);
    case Kind::other:
      break;
  }
  return phrases_.say(comparison.ratio > 1 ? "other_higher" : "other_lower");
}

bool Speaker::changed(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Outcome outcome = judgement_of(report_, i).outcome;
  return outcome == Outcome::improvement ||
         (outcome == Outcome::regression && comparison.presence == Presence::both && comparison.worse_by() > 0);
}

std::string Speaker::outcome(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Judgement& judgement = judgement_of(report_, i);
  if (changed(i)) return direction(comparison);
  switch (judgement.outcome) {
    case Outcome::regression:
    case Outcome::improvement:
      return phrases_.say("outcome_limit");
    case Outcome::pass:
      return phrases_.say(judgement.level >= Level::soft ? "outcome_limit" : "outcome_pass");
    case Outcome::inconclusive:
      return phrases_.say("outcome_inconclusive");
    case Outcome::added:
      return phrases_.say("outcome_new");
    case Outcome::failed:
      return phrases_.say("outcome_failed");
    case Outcome::placement:
      return phrases_.say("outcome_placement");
    case Outcome::vanished:
      return phrases_.say(comparison.renamed_to.empty() ? "outcome_vanished" : "outcome_renamed");
  }
  return "";
}

std::string Speaker::short_outcome(std::size_t i) const {
  return changed(i) ? direction(report_.comparisons[i], "_short") : outcome(i);
}

std::string Speaker::worst(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  Data data;
  data.set("name", name(path_of(comparison.id)));
  const bool say_metric = facts_.many_metrics && comparison.id.metric != "wall_time";
  data.set("metric", say_metric ? Data(name(comparison.id.metric)) : Data(false));
  data.set("change", std::isnan(comparison.ratio) ? Data(false) : Data(format_change(comparison.ratio - 1)));
  data.set("confidence", comparison.confidence ? Data(std::string(name_of(*comparison.confidence))) : Data(false));
  return phrases_.say("worst", data);
}

Data Speaker::counted(const std::vector<std::size_t>& series) const {
  const std::size_t n = distinct_benchmarks(report_, series);
  Data data;
  data.set("n", std::to_string(n));
  data.set("one", n == 1);
  data.set("many", n != 1);
  data.set("total", std::to_string(facts_.benchmarks));
  data.set("several", facts_.benchmarks != 1);
  data.set("worst", series.empty() ? Data("") : Data(worst(series.front())));
  return data;
}

std::string Speaker::undecided(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Judgement& judgement = judgement_of(report_, i);
  if (judgement.outcome != Outcome::inconclusive) return "";
  const auto& findings = report_.verdict.findings;
  const auto own = std::find_if(findings.begin(), findings.end(), [&comparison](const Finding& finding) {
    return finding.undecided && finding.series == comparison.id;
  });
  if (own != findings.end()) return prose(own->reason);
  Data data;
  const Interval& interval = comparison.ratio_interval;
  const bool known = !std::isnan(interval.low) && !std::isnan(interval.high);
  data.set("interval",
           known ? Data(format_change(interval.low - 1) + " … " + format_change(interval.high - 1)) : Data(false));
  data.set("limit", judgement.limit.empty() ? Data(false) : Data(prose(judgement.limit)));
  const double mde = comparison.minimum_detectable;
  data.set("mde", std::isnan(mde) ? Data(false) : Data(format_share(mde)));
  return phrases_.say("undecided", data);
}

}  // namespace perfwarden::report
