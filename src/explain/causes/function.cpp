#include <fmt/format.h>

#include <algorithm>

#include "explain/causes/cause.hpp"

namespace perfwarden::explain {
namespace {

constexpr double k_only_by_calls = 0.2;  // taken from the rank of a function that is slower by what it calls

bool has_rule(const ProfileDiff& profile, const FrameDelta& frame) {
  return std::any_of(profile.patterns.begin(), profile.patterns.end(),
                     [&frame](const PatternHit& hit) { return !hit.unfair && hit.frame == frame.name; });
}

}  // namespace

// changed-code: a function whose time surely grew, differs between base and head, and ran. new-hotspot: one that base
// does not have. hotspot: one that does not differ, so that it is called more, or with more; but where nothing that
// could call it differs, that is placement (program.cpp). A function that is slower only by what it calls is named
// where it is the one that changed.
std::vector<Candidate> by_function(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  if (slowdown.profile == nullptr) return out;
  const ProfileDiff& profile = *slowdown.profile;
  for (const FrameDelta& frame : profile.frames) {
    if (frame.change != FrameChange::regression && frame.change != FrameChange::added) continue;
    const bool changed = slowdown.changed_and_ran(frame.name);
    if ((frame.by_total && !changed) || has_rule(profile, frame)) continue;
    if (!changed && frame.change == FrameChange::regression && slowdown.changed_only_startup()) continue;
    const Share& share = frame.by_total ? frame.total : frame.self;
    const double part = slowdown.part_of_change(share);
    Candidate& found = out.emplace_back();
    found.kind = changed ? "changed-code" : frame.change == FrameChange::added ? "new-hotspot" : "hotspot";
    found.subject = frame.name;
    found.share = part;
    found.evidence = {fmt::format("{}{}: {} of {}", frame.name, frame.by_total ? " with what it calls" : "",
                                  growth_of(share), profile.type.name)};
    if (changed) found.evidence.push_back(fmt::format("{} differs between base and head, and ran", frame.name));
    found.rank = (std::isnan(part) ? k_rank_possible : std::min(1.0, part)) - (frame.by_total ? k_only_by_calls : 0);
  }
  return out;
}

}  // namespace perfwarden::explain
