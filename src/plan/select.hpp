#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/position.hpp"

namespace perfwarden::plan {

// The tier of a run by GitHub's name of the event: push → smoke, pull requests and merge groups → targeted, schedule →
// full; anything else, including no event at all → long, which is everything.
[[nodiscard]] Tier tier_of_event(std::string_view event);
// By its name. Error (usage) with the nearest.
[[nodiscard]] Result<Tier> parse_tier(std::string_view name);

// An Occasion is the reason for a run: its event and the files that changed.
struct Occasion {
  Tier tier = Tier::long_;
  std::optional<std::vector<std::string>> changed;  // files, from the repository's root; nullopt: unknown, so all count
};

struct Selection {
  std::vector<Suite> suites;     // in the config's order
  std::vector<Warning> skipped;  // code k_suite_skipped: the suite and why it is left out
};
// Selects the suites to measure on this occasion, by their `when`.
[[nodiscard]] Selection select(const std::vector<Suite>& suites, const Occasion& occasion);

}  // namespace perfwarden::plan
