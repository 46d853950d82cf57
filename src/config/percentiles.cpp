#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr int k_least_runs = 72;  // a side: fewer do not bound a 95th percentile, docs/statistics.md#the-slow-end

// Harnesses that report percentiles of their own need no such number of runs.
bool reports_its_own(const Suite& suite, const Config& config) {
  const bool is_k6 = suite.parser.name == "k6" || (!suite.run.argv.empty() && suite.run.argv.front() == "k6");
  return is_k6 || config.metrics.contains("p95") ||
         std::find(suite.metrics.begin(), suite.metrics.end(), "p95") != suite.metrics.end();
}

bool has_too_few(const Suite& suite) {
  return suite.iterations.adaptive() || suite.iterations.max < k_least_runs;
}

}  // namespace

void warn_of_percentiles(Reader& reader, const Node& root) {
  const auto section =
      std::find_if(root.keys.begin(), root.keys.end(), [](const Node& key) { return key.text == "budgets"; });
  if (section == root.keys.end()) return;
  const Node& globs = root.items[static_cast<std::size_t>(section - root.keys.begin())];
  const Config& config = reader.loaded.config;
  for (const Budget& budget : config.budgets) {
    const auto key = std::find_if(globs.keys.begin(), globs.keys.end(),
                                  [&budget](const Node& one) { return one.text == budget.glob; });
    if (key == globs.keys.end() || !budget.limits.contains("p95")) continue;
    const std::string first = budget.glob.substr(0, budget.glob.find('/'));
    const auto suite = std::find_if(config.suites.begin(), config.suites.end(), [&](const Suite& one) {
      const bool meant = first.find("**") != std::string::npos || text::glob_match(first, one.name);
      return meant && has_too_few(one) && !reports_its_own(one, config);
    });
    if (suite == config.suites.end()) continue;
    reader.warn(
        "few-runs", *key,
        fmt::format("budget '{}' limits p95, which {} runs a side or more can decide, and suite '{}' has fewer: "
                    "set its iterations: {}",
                    text::one_line(budget.glob), k_least_runs, suite->name, k_least_runs));
  }
}

}  // namespace perfwarden::config
