#include "app/dashboard/flames.hpp"

#include "profile/diff/diff.hpp"
#include "profile/draw/flame_graph.hpp"
#include "profile/read/read.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_picture_bytes = 300'000;
// How much two sides of the same code differ in a function's time: 0.3 of single recordings (profile::DiffOptions), of
// which `check` adds up three a side. What each of them had is no longer known.
constexpr double k_spread_of_three = 0.17;

profile::PictureOptions picture_of(const ProfileSummary& summary) {
  profile::PictureOptions out;
  out.title = summary.benchmark.empty() ? summary.suite : summary.suite + "/" + summary.benchmark;
  out.max_bytes = k_most_picture_bytes;
  return out;
}

// As it was recorded, so that it is known how many samples a cost stands for.
Result<Profile> recorded(const ProfileSummary& summary) {
  PW_TRY_ASSIGN(Profile out, profile::read(summary.stacks, "a profile of the history", "folded"));
  out.types = {summary.type};
  out.default_type = 0;
  out.count_type.reset();
  if (summary.samples > 0 && summary.cost > 0) out.period = summary.cost / summary.samples;
  out.seconds = summary.seconds;
  return out;
}

}  // namespace

Result<std::string> draw_kept_profile(const ProfileSummary& profile) {
  PW_TRY_ASSIGN(const Profile whole, recorded(profile));
  return profile::draw(whole, picture_of(profile));
}

Result<std::string> draw_kept_change(const ProfileSummary& base, const ProfileSummary& head) {
  PW_TRY_ASSIGN(const Profile before, recorded(base));
  PW_TRY_ASSIGN(const Profile after, recorded(head));
  profile::DiffOptions options;
  options.labels = {"before", "after"};
  options.time_by_share = true;
  options.assumed_spread = k_spread_of_three;
  PW_TRY_ASSIGN(const profile::Diff diff, profile::diff(before, after, options));
  return profile::draw_diff(diff.tree, diff.evidence, picture_of(head));
}

}  // namespace perfwarden::app
