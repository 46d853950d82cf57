#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "explain/causes/cause.hpp"
#include "explain/hypotheses.hpp"

namespace perfwarden::explain {

// Of a profile by operation the numbers are fractions of base's total already; the other forms are rates.
double Slowdown::part_of_change(const Share& share) const {
  if (profile == nullptr || timed == counts_memory(profile->type)) return k_nan;
  const bool of_base =
      profile->normalization == Normalization::per_op || profile->normalization == Normalization::absolute;
  return (share.head * (of_base ? 1 : profile_ratio) - share.base) / change;
}

double processor_ratio(const ProfileDiff& profile, double time_ratio) {
  const ProfileSide &base = profile.base, &head = profile.head;
  const bool known = base.seconds > 0 && head.seconds > 0 && base.cost > 0 && head.cost > 0;
  return known ? time_ratio * (head.cost / head.seconds) / (base.cost / base.seconds) : time_ratio;
}

std::optional<CounterChange> Slowdown::counter(std::string_view name) const {
  for (const CounterChange& one : report->counters)
    if (one.suite == suite && one.counter == name && one.base >= 0 && one.head >= 0) return one;
  return std::nullopt;
}

bool Slowdown::changed_and_ran(std::string_view function) const {
  const auto begins = [](std::string_view whole, std::string_view name) {
    return whole.starts_with(name) && (whole.size() == name.size() || whole[name.size()] == '(');
  };
  return cause != nullptr && std::any_of(cause->ran.begin(), cause->ran.end(), [&](const std::string& one) {
           return begins(one, function) || begins(function, one);
         });
}

bool Slowdown::changed_only_startup() const {
  static constexpr std::array<std::string_view, 8> k_startup{"_start",
                                                             "_init",
                                                             "_fini",
                                                             "frame_dummy",
                                                             "register_tm_clones",
                                                             "deregister_tm_clones",
                                                             "call_weak_fn",
                                                             "__do_global_dtors_aux"};
  return cause != nullptr && !cause->ran.empty() &&
         std::all_of(cause->ran.begin(), cause->ran.end(), [](const std::string& one) {
           return std::find(k_startup.begin(), k_startup.end(), one) != k_startup.end();
         });
}

const SuiteIdentity* Slowdown::differing() const {
  for (const SuiteIdentity& one : report->head.run.identities)
    if (one.suite == suite && one.answer == SameProgram::different && !one.reasons.empty()) return &one;
  return nullptr;
}

std::string growth_of(const Share& share) {
  std::string out = fmt::format("{:.1f} % -> {:.1f} %", share.base * 100, share.head * 100);
  if (share.interval.low < share.interval.high)  // false for NaN
    out += fmt::format(" ({:+.1f} to {:+.1f} points)", share.interval.low * 100, share.interval.high * 100);
  return out;
}

}  // namespace perfwarden::explain
