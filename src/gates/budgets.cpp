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

Warning unmatched(const Budget& budget, const std::vector<std::string>& candidates, bool suggest) {
  std::string cure = suggest ? did_you_mean(budget.glob, candidates) : "";
  if (cure.empty()) cure = candidates.empty() ? "" : fmt::format("series look like '{}'", candidates.back());
  return {"budget-unmatched",
          fmt::format("budget '{}'{} matches no benchmark{}{}", budget.glob,
                      budget.where.line > 0 ? " (" + budget.where.text() + ")" : "", cure.empty() ? "" : ": ", cure)};
}

bool has_row(const Budget& budget, const Metric& metric) {
  return budget.off || limit_for(budget, metric) != nullptr;
}

}  // namespace

const Budget* budget_for(const SeriesId& id, const Metric& metric, const Config& config) {
  const std::string path = id.path();
  for (auto budget = config.budgets.rbegin(); budget != config.budgets.rend(); ++budget)
    if (has_row(*budget, metric) && text::glob_match_prefix(budget->glob, path)) return &*budget;
  return nullptr;
}

const Limit* limit_for(const Budget& budget, const Metric& metric) {
  if (budget.off) return nullptr;
  if (const auto named = budget.limits.find(metric.name); named != budget.limits.end()) return &named->second;
  const auto general = budget.limits.find("");
  return general != budget.limits.end() && metric.primary ? &general->second : nullptr;
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

Warning unreported(const Budget& budget, const std::string& metric, const std::vector<std::string>& names,
                   bool suggest) {
  std::string cure = suggest ? did_you_mean(metric, names) : "";
  if (cure.empty()) cure = "they report " + text::join(names, ", ");
  return {"budget-metric-unmatched",
          fmt::format("budget '{}' limits '{}', which none of its benchmarks reports: {}", budget.glob, metric, cure)};
}

}  // namespace

std::vector<Warning> idle_budgets(std::span<const Comparison> comparisons, const Config& config) {
  std::vector<Warning> out;
  if (comparisons.empty()) return out;
  std::vector<std::string> candidates;
  const std::vector<Use> uses = uses_of(comparisons, config);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const Budget& budget = config.budgets[i];
    if (uses[i].metrics.empty()) {
      if (candidates.empty()) candidates = candidate_globs(comparisons);
      out.push_back(unmatched(budget, candidates, out.size() < k_most_suggestions));
      continue;
    }
    const std::vector<std::string> names(uses[i].metrics.begin(), uses[i].metrics.end());
    bool missing = false;
    for (const auto& [metric, limit] : budget.limits) {
      if (metric.empty() || uses[i].metrics.contains(metric)) continue;
      missing = true;
      out.push_back(unreported(budget, metric, names, out.size() < k_most_suggestions));
    }
    if (!uses[i].applies && !missing)
      out.push_back({"budget-idle",
                     fmt::format("budget '{}' applies to nothing: later keys overrule it for every series that it "
                                 "matches, or none of them is a primary metric; the last matching key wins, so put "
                                 "general keys first",
                                 budget.glob)});
  }
  return out;
}

}  // namespace perfwarden::gates
