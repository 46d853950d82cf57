#include "gates/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/text.hpp"
#include "gates/judge.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::size_t k_most_candidates = 2000;  // names are hostile: suggestions must stay cheap
constexpr std::size_t k_most_suggestions = 20;

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const auto near = text::nearest(word, candidates);
  return near ? fmt::format("did you mean '{}'?", *near) : "";
}

// What a person may have meant by a glob: whole paths, and their folders with and without a last star.
std::vector<std::string> candidate_globs(std::span<const Comparison> comparisons) {
  std::set<std::string> seen;
  for (const Comparison& comparison : comparisons) {
    const std::string path = comparison.id.path();
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      seen.insert(path.substr(0, at));
      seen.insert(path.substr(0, at) + "/*");
    }
    seen.insert(path);
    seen.insert("**/" + comparison.id.metric);
    if (seen.size() > k_most_candidates) break;
  }
  return {seen.begin(), seen.end()};
}

std::string name_of(const Budget& budget) {
  return fmt::format("budget '{}'{}", budget.glob, budget.where.line > 0 ? " (" + budget.where.text() + ")" : "");
}

std::string or_optional(std::string sentence) {
  if (!sentence.ends_with('?')) sentence += '.';
  return sentence + " If it may match nothing, write optional: true.";
}

Warning unmatched(const Budget& budget, const std::vector<std::string>& candidates, bool suggest) {
  std::string cure = suggest ? did_you_mean(budget.glob, candidates) : "";
  if (cure.empty() && !candidates.empty()) cure = fmt::format("series look like '{}'", candidates.back());
  std::string text = fmt::format("{} matches no benchmark{}{}", name_of(budget), cure.empty() ? "" : ": ", cure);
  if (budget.off) return {"budget-idle", std::move(text)};
  return {std::string(k_budget_unmatched), or_optional(std::move(text))};
}

// The limit as written; null when the budget has none for the metric.
const Limit* row_of(const Budget& budget, const Metric& metric) {
  if (budget.off) return nullptr;
  if (const auto named = budget.limits.find(metric.name); named != budget.limits.end()) return &named->second;
  const auto general = budget.limits.find("");
  return general != budget.limits.end() && metric.primary ? &general->second : nullptr;
}

bool has_row(const Budget& budget, const Metric& metric) {
  return budget.off || row_of(budget, metric) != nullptr;
}

bool names(const Budget& budget, const Metric& metric) {
  return budget.limits.contains(metric.name) || budget.glob.ends_with("/" + metric.name);
}

// "+5%" of a metric that is better when higher: "-5%".
void turn(std::optional<Change>& change) {
  if (!change || change->value <= 0) return;
  change->value = -change->value;
  if (change->original.starts_with('+')) change->original.front() = '-';
}

}  // namespace

const Budget* budget_for(const SeriesId& id, const Metric& metric, const Config& config) {
  const std::string path = id.path();
  for (auto budget = config.budgets.rbegin(); budget != config.budgets.rend(); ++budget)
    if (has_row(*budget, metric) && text::glob_match_prefix(budget->glob, path)) return &*budget;
  return nullptr;
}

std::optional<Limit> limit_for(const Budget& budget, const Metric& metric) {
  const Limit* row = row_of(budget, metric);
  if (row == nullptr) return std::nullopt;
  Limit limit = *row;
  if (metric.better == Better::higher && !names(budget, metric))
    for (auto* change : {&limit.warn, &limit.soft, &limit.hard}) turn(*change);
  return limit;
}

namespace {

// What became of one budget key over the whole run.
struct Use {
  std::set<std::string> metrics;  // of the series that the glob matches
  bool applies = false;           // it is the key that wins for at least one of them
};

std::vector<Use> uses_of(std::span<const Comparison> comparisons, const Config& config) {
  std::vector<Use> uses(config.budgets.size());
  for (const Comparison& comparison : comparisons) {
    const std::string path = comparison.id.path();
    bool won = false;
    for (std::size_t i = config.budgets.size(); i-- > 0;) {
      const Budget& budget = config.budgets[i];
      if (!text::glob_match_prefix(budget.glob, path)) continue;
      uses[i].metrics.insert(comparison.metric.name);
      if (won || !has_row(budget, comparison.metric)) continue;
      uses[i].applies = won = true;
    }
  }
  return uses;
}

// `whole`: of all that the budget limits, its benchmarks report nothing.
Warning unreported(const Budget& budget, const std::string& metric, const std::vector<std::string>& reported,
                   bool whole, bool suggest) {
  std::string cure = suggest ? did_you_mean(metric, reported) : "";
  if (cure.empty()) cure = "they report " + text::join(reported, ", ");
  return {std::string(whole ? k_budget_unmatched : "budget-metric-unmatched"),
          or_optional(
              fmt::format("{} limits '{}', which none of its benchmarks reports: {}", name_of(budget), metric, cure))};
}

bool is_optional(const Budget& budget) {
  return !budget.limits.empty() &&
         std::all_of(budget.limits.begin(), budget.limits.end(), [](const auto& row) { return row.second.optional; });
}

// Suites of the config that have no value on either side.
std::vector<std::string> unmeasured(std::span<const Comparison> comparisons, const Config& config) {
  std::set<std::string_view> measured;
  for (const Comparison& comparison : comparisons) measured.insert(comparison.id.suite);
  std::vector<std::string> out;
  for (const Suite& suite : config.suites)
    if (!measured.contains(suite.name)) out.push_back(suite.name);
  return out;
}

// Whether the glob may match something of this suite, whatever its benchmarks are called.
bool may_match(const std::string& glob, const std::string& suite) {
  const std::string first = glob.substr(0, glob.find('/'));
  return first.find("**") != std::string::npos || text::glob_match(first, suite);
}

// What is wrong with a key whose glob matches some series.
void add_idle(const Budget& budget, const Use& use, std::vector<Warning>& out) {
  const std::vector<std::string> reported(use.metrics.begin(), use.metrics.end());
  std::vector<std::string> missing;
  for (const auto& [metric, limit] : budget.limits)
    if (!metric.empty() && !use.metrics.contains(metric)) missing.push_back(metric);
  const bool whole = missing.size() == budget.limits.size();
  for (const std::string& metric : missing)
    if (!budget.limits.at(metric).optional)
      out.push_back(unreported(budget, metric, reported, whole, out.size() < k_most_suggestions));
  if (!use.applies && missing.empty())
    out.push_back(
        {"budget-idle", fmt::format("budget '{}' applies to nothing: later keys overrule it for every series that it "
                                    "matches, or none of them is a primary metric; the last matching key wins, so put "
                                    "general keys first",
                                    budget.glob)});
}

}  // namespace

std::vector<Warning> idle_budgets(const Subject& subject, const Config& config) {
  std::vector<Warning> out;
  if (subject.comparisons.empty()) return out;
  const std::vector<std::string> absent = unmeasured(subject.comparisons, config);
  std::vector<std::string> candidates;
  const std::vector<Use> uses = uses_of(subject.comparisons, config);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const Budget& budget = config.budgets[i];
    const auto may = [&budget](const std::string& suite) { return may_match(budget.glob, suite); };
    const auto in = std::find_if(absent.begin(), absent.end(), may);
    if (!uses[i].metrics.empty()) {
      add_idle(budget, uses[i], out);
    } else if (std::any_of(subject.left_out.begin(), subject.left_out.end(), may) || is_optional(budget) ||
               std::any_of(subject.identities.begin(), subject.identities.end(),
                           [&](const SuiteIdentity& one) { return !one.measured && may(one.suite); })) {
      continue;  // it matches in another run, or need not
    } else if (in != absent.end()) {
      out.push_back({"budget-idle",
                     fmt::format("{} judged nothing, since no benchmark of suite '{}' was measured: measure that suite "
                                 "too",
                                 name_of(budget), *in)});
    } else {
      if (candidates.empty()) candidates = candidate_globs(subject.comparisons);
      out.push_back(unmatched(budget, candidates, out.size() < k_most_suggestions));
    }
  }
  return out;
}

}  // namespace perfwarden::gates
