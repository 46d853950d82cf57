#include "plan/select.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/series.hpp"

namespace perfwarden::plan {
namespace {

bool touches(const std::vector<std::string>& globs, const std::vector<std::string>& files) {
  return std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return text::glob_match_prefix(glob, file); });
  });
}

// Why the suite is left out; empty when it is not.
std::string reason_of(const Suite& suite, const Occasion& occasion) {
  if (suite.when.tier > occasion.tier)
    return fmt::format("its tier is {}, and this run's is {}", name_of(suite.when.tier), name_of(occasion.tier));
  if (suite.when.paths.empty() || !occasion.changed || touches(suite.when.paths, *occasion.changed)) return "";
  const std::size_t count = occasion.changed->size();
  return fmt::format(
      "{} its paths ({})",
      count == 1 ? "the one changed file does not match" : fmt::format("none of the {} changed files matches", count),
      text::join(suite.when.paths, ", "));
}

}  // namespace

Tier tier_of_event(std::string_view event) {
  if (event == "push") return Tier::smoke;
  if (event.starts_with("pull_request") || event == "merge_group") return Tier::targeted;
  return event == "schedule" ? Tier::full : Tier::long_;
}

Result<Tier> parse_tier(std::string_view name) {
  if (const auto tier = from_name<Tier>(name)) return *tier;
  const std::vector<std::string> names = spellings<Tier>();
  const std::optional<std::string> near = text::nearest(name, names);
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("there is no tier '{}'", text::one_line(name)),
               .hint = near ? fmt::format("did you mean '{}'?", *near) : "tiers are: " + text::join(names, ", ")};
}

Selection select(const std::vector<Suite>& suites, const Occasion& occasion) {
  Selection out;
  for (const Suite& suite : suites) {
    const std::string reason = reason_of(suite, occasion);
    if (reason.empty())
      out.suites.push_back(suite);
    else
      out.skipped.push_back({std::string(k_suite_skipped),
                             fmt::format("suite '{}' was left out and not measured: {}", suite.name, reason)});
  }
  return out;
}

}  // namespace perfwarden::plan
