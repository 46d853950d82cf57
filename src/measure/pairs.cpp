#include "measure/pairs.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace perfwarden::measure {

void move_pairs(const std::set<PairKey>& keys, std::vector<RawInvocation>& from, std::vector<RawInvocation>& to) {
  const auto first = std::stable_partition(from.begin(), from.end(),
                                           [&](const RawInvocation& one) { return !keys.contains(key_of(one.step)); });
  std::move(first, from.end(), std::back_inserter(to));
  from.erase(first, from.end());
}

void drop_halves(std::vector<RawInvocation>& invocations, const std::function<bool(const Step&)>& needs_both) {
  std::map<PairKey, int> members;
  for (const RawInvocation& one : invocations) ++members[key_of(one.step)];
  std::erase_if(invocations,
                [&](const RawInvocation& one) { return members[key_of(one.step)] < 2 && needs_both(one.step); });
}

DisturbedPairs::DisturbedPairs(const Plan& plan) : plan_(plan) {
  for (const Suite& suite : plan.suites)
    replacements_.emplace_back(static_cast<std::size_t>(std::max(suite.iterations.min, suite.iterations.max)) *
                               std::max<std::size_t>(1, suite.cases.size()));
}

void DisturbedPairs::note(const Step& step, os::Disturbance found) {
  if (found.calm()) return;
  auto& [base, head] = noted_[key_of(step)];
  (step.side == Side::base ? base : head) = std::move(found);
}

std::set<PairKey> DisturbedPairs::to_repeat(const std::function<bool(std::size_t suite)>& has_time) {
  std::set<PairKey> keys;
  for (const auto& [key, sides] : std::exchange(noted_, {})) {
    const std::size_t suite = std::get<0>(key);
    if (!has_time(suite))
      replacements_[suite].leave(sides.first, sides.second);
    else if (replacements_[suite].take(sides.first, sides.second))
      keys.insert(key);
  }
  return keys;
}

std::vector<Warning> DisturbedPairs::warnings() const {
  std::vector<Warning> out;
  for (std::size_t i = 0; i < replacements_.size(); ++i)
    if (std::optional<Warning> warning = replacements_[i].warning(plan_.suites[i].name, plan_.two_sided))
      out.push_back(*std::move(warning));
  return out;
}

}  // namespace perfwarden::measure
