#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "explain/causes/cause.hpp"

namespace perfwarden::explain {
namespace {

constexpr double k_mostly_head = 4;  // times its share of base, from which code counts as head's alone

// Without the symbol's version: "pthread_mutex_lock@@GLIBC_2.2.5 under one" → "pthread_mutex_lock under one".
std::string place_of(const PatternHit& hit) {
  const std::string frame = hit.frame.substr(0, hit.frame.find("@@"));
  return hit.culprit.empty() ? frame : fmt::format("{} under {}", frame, hit.culprit);
}

std::string seen_of(const PatternHit& hit, const ProfileDiff& profile) {
  return fmt::format("{}: {} of {} (rule {})", place_of(hit), growth_of(hit.share), profile.type.name, hit.id);
}

// Unfair rules hit without any growth. What both sides carry has made neither slower.
std::optional<Candidate> unfair_build(const PatternHit& hit, const ProfileDiff& profile) {
  if (!(hit.share.head > k_mostly_head * hit.share.base)) return std::nullopt;
  const bool runtime = hit.id.find("sanitizer") != std::string::npos || hit.id.find("coverage") != std::string::npos;
  return Candidate{.kind = runtime ? "sanitizer" : "optimisation",
                   .subject = place_of(hit),
                   .evidence = {seen_of(hit, profile), hit.advice},
                   .rank = k_rank_other_build};
}

// Of page faults that grew: head asks for small pages where base got huge ones.
bool lost_huge_pages(const ProfileDiff& profile) {
  return std::any_of(profile.frames.begin(), profile.frames.end(), [](const FrameDelta& one) {
    return one.name.find("huge_p") != std::string::npos && one.total.base > k_mostly_head * one.total.head;
  });
}

// Hits of one category.
struct Category {
  double share = 0;
  const PatternHit* largest = nullptr;
  std::vector<std::string> evidence;
};

}  // namespace

// The categories of config/patterns.yml: time in code that is known to be slow, which surely grew. Hits of one category
// lie below different callers, so that their shares add up. huge-pages: page faults where base mapped huge pages.
// sanitizer, optimisation: code of a sanitizer or a debug build that head alone runs.
std::vector<Candidate> by_pattern(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  if (slowdown.profile == nullptr) return out;
  const ProfileDiff& profile = *slowdown.profile;
  std::map<std::string_view, Category> categories;
  for (const PatternHit& hit : profile.patterns) {
    if (hit.unfair) {
      if (std::optional<Candidate> build = unfair_build(hit, profile)) out.push_back(*std::move(build));
      continue;
    }
    Category& category = categories[hit.category];
    category.share += slowdown.part_of_change(hit.share);
    category.evidence.push_back(seen_of(hit, profile));
    if (category.largest == nullptr || hit.share.delta() > category.largest->share.delta()) category.largest = &hit;
  }
  for (auto& [name, category] : categories) {
    const PatternHit& hit = *category.largest;
    category.evidence.push_back(hit.advice);
    const bool huge = name == "page-faults" && lost_huge_pages(profile);
    const double specific = name == "system-calls" ? 0 : k_rank_specific;  // calls of any kind say least
    out.push_back({.kind = huge ? "huge-pages" : name,
                   .subject = place_of(hit),
                   .share = category.share,
                   .evidence = std::move(category.evidence),
                   .rank = std::isnan(category.share) ? k_rank_possible : std::min(1.0, category.share) + specific});
  }
  return out;
}

}  // namespace perfwarden::explain
