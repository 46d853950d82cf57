#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/level.hpp"
#include "model/position.hpp"

namespace perfwarden {

// Whose cost a ProfileRule bounds.
enum class ProfileScope { function, package, owner };
template <>
inline constexpr Names<ProfileScope, 3> k_names<ProfileScope>{
    {{"function", ProfileScope::function}, {"package", ProfileScope::package}, {"owner", ProfileScope::owner}}};
// Its own cost, or with all that it calls. Packages and owners have only their own.
enum class ProfileCost { self, total };
template <>
inline constexpr Names<ProfileCost, 2> k_names<ProfileCost>{
    {{"self", ProfileCost::self}, {"total", ProfileCost::total}}};

// A ProfileRule is one limit on what changed between two profiles. Of the rules of one gate, scope and cost, the last
// whose glob matches applies; a rule without any limit switches the gate off for the names it matches. The limits are
// the largest rise that is still accepted, > 0: a fraction of the whole (0.08 = 8 points), for stack-depth a number of
// frames.
struct ProfileRule {
  std::string gate;         // the name of a ProfileGate
  std::string glob = "**";  // by text::glob_match over the name that `scope` says; stack-depth looks at none
  ProfileScope scope = ProfileScope::function;
  ProfileCost cost = ProfileCost::self;
  std::optional<double> warn, soft, hard;
  Position where;  // in the config; nowhere for a default
  friend bool operator==(const ProfileRule&, const ProfileRule&) = default;
};

// A ProfileGate is what holds of one gate on profiles wherever nothing else is said. Its row in gates/rules judges it,
// and a contract test keeps the two together.
struct ProfileGate {
  std::string_view name;    // the row's
  std::string_view bounds;  // what its limits bound, as the documents of the config say it
  Level level;              // of the default limit
  double limit;             // the default, as in ProfileRule
  bool frames = false;      // its limits are numbers of frames, else fractions
  bool groups = false;      // functions, packages and owners may have narrower limits
};
[[nodiscard]] std::span<const ProfileGate> profile_gates();

// The limits that apply where the config gives none.
[[nodiscard]] std::vector<ProfileRule> default_profile_rules();

// The gates on profiles.
struct ProfileGates {
  std::vector<ProfileRule> rules = default_profile_rules();  // rules of the user come after the defaults
  friend bool operator==(const ProfileGates&, const ProfileGates&) = default;
};

}  // namespace perfwarden
