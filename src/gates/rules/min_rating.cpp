#include <fmt/format.h>

#include <array>

#include "gates/limit.hpp"
#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_min_rating_name = "min-rating";

Finding judge_limit(const Analysis& analysis, Level level, double limit) {
  Finding finding;
  finding.rule = std::string(k_min_rating_name);
  finding.op = ">=";
  finding.expected = limit;
  finding.unit = "1";
  const std::string bound = fmt::format("the {} limit of {:.10g}", name_of(level), limit);
  if (!analysis.rating) {
    finding.level = undecided(level);
    finding.undecided = true;
    finding.reason = fmt::format(
        "nothing was rated, so {} is not decided: compare benchmarks of time or memory, or profiles", bound);
    return finding;
  }
  const Rating& rating = *analysis.rating;
  finding.actual = rating.overall;
  const std::string numbers = fmt::format("the overall rating is {:.10g} of 10 (CPU {:.10g}, memory {:.10g})",
                                          rating.overall, rating.cpu, rating.memory);
  const bool broken = rating.overall < limit;
  finding.level = broken ? level : Level::pass;
  finding.reason = broken ? fmt::format("{}, below {}: {}", numbers, bound, cure_of(level))
                          : fmt::format("{}, which keeps {}", numbers, bound);
  return finding;
}

std::vector<Finding> judge_min_rating(const AnalysisInput& input) {
  const RatingLimits& limits = input.limits;
  std::vector<Finding> out;
  for (const auto& [level, limit] : std::array<std::pair<Level, std::optional<double>>, 3>{
           {{Level::warn, limits.warn}, {Level::soft, limits.soft}, {Level::hard, limits.hard}}})
    if (limit) out.push_back(judge_limit(input.analysis, level, *limit));
  return out;
}

}  // namespace

extern const Rule k_rule_min_rating{k_min_rating_name, "the overall rating of the analysis, from 1 to 10",
                                    judge_min_rating};

}  // namespace perfwarden::gates
