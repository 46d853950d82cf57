#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/trusted_files.hpp"
#include "base/result.hpp"
#include "model/pattern.hpp"
#include "model/profile_diff.hpp"
#include "model/profile_summary.hpp"
#include "profile/diff/diff.hpp"

namespace perfwarden::app {

// Code of the warning that a picture could not be written; the comparison itself stands.
inline constexpr std::string_view k_picture_lost = "picture-lost";

// What was profiled.
struct ProfiledBenchmark {
  std::string suite, benchmark;
  std::optional<double> ratio;  // head / base of its time
};

// The shipped rules and those of the user's own file.
[[nodiscard]] Result<std::vector<Pattern>> patterns_of(const Config& config, const TrustedFiles& files);

// Adds to the diff which rules match the changed code; `ownership` says which code is ours.
void find_patterns(std::span<const Pattern> rules, const profile::DiffOptions::OwnershipOf& ownership,
                   profile::Diff& diff);

// What the history keeps of what was compared, of base and head.
using ProfiledSides = std::array<std::vector<ProfileSummary>, 2>;

// An EvidenceMaker compares profiles of base and head, finds owners and known slow patterns, and writes pictures into
// `directory`, unless that is empty.
class EvidenceMaker {
 public:
  EvidenceMaker(World& world, const Config& config, const Checkouts& sides, const std::string& trusted_sha,
                std::string directory);

  // Error for profiles that cannot be compared.
  [[nodiscard]] Result<ProfileDiff> make(std::span<const Profile> base, std::span<const Profile> head,
                                         const ProfiledBenchmark& what);

  // Of all that was compared.
  [[nodiscard]] const ProfiledSides& summaries() const { return summaries_; }

 private:
  [[nodiscard]] Status draw(const profile::Diff& diff, const std::string& name, ProfileDiff& evidence);

  std::string directory_;
  profile::DiffOptions::OwnershipOf ownership_;
  std::array<std::string, 2> labels_, roots_;
  std::vector<Pattern> patterns_;
  ProfiledSides summaries_;
  std::vector<Warning> warnings_;
  bool drawn_ = false;  // the pictures of the first one, which is the worst
};

}  // namespace perfwarden::app
