#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gates/rule.hpp"

// What the rules share: where an interval lies relative to a limit, why a comparison cannot be judged, and the texts
// for both.
namespace perfwarden::gates {

// Where a value lies relative to a bound when larger is worse; both false for NaN. A billionth of `scale` (the numbers
// that the value was computed from) is not a breach: 105 is within 100 + 5 %, but 1.05 − 1 > 0.05.
[[nodiscard]] bool is_within(double worse, double bound, double scale);
[[nodiscard]] bool is_beyond(double worse, double bound, double scale);

// Where an interval lies relative to a bound. `unknown`: the interval or the bound is NaN, or the interval's level is
// known to be below 90 %, since so few values give no bound.
enum class Zone { within, straddles, beyond, unknown };
[[nodiscard]] Zone zone_of(const Interval& worse, double bound, double scale);

// False when the limit is in another unit than the metric. A bare number fits a metric of an unknown unit.
[[nodiscard]] bool fits(const std::string& base_unit, const Metric& metric);
// False when the sign points where the metric gets better, so that no regression could ever break the limit.
[[nodiscard]] bool can_be_broken(const Change& change, const Metric& metric);

// Why base and head were not measured alike, so that nothing may be judged, as a clause; nullopt when they were.
[[nodiscard]] std::optional<std::string> unlike(const Comparison& comparison);
// What kept compare from deciding, with its cures; empty when unknown.
[[nodiscard]] std::string reasons_of_doubt(const Comparison& comparison);
// Why nothing is known about the change: one of the above; nullopt otherwise.
[[nodiscard]] std::optional<std::string> doubt(const Comparison& comparison);

// The level of an undecided limit of this level: never worse than a broken one.
[[nodiscard]] Level undecided(Level level);

// The findings of one rule about one thing that add information: the worst, and below a soft one also the undecided
// ones, which remain when a person accepts the soft one. Milder limits of the same kind are broken too and are dropped.
void keep_worst(std::vector<Finding> findings, std::vector<Finding>& into);

// How many invocations a side would in four of five runs bring the upper end of these bounds below the limit, or the
// lower end above it: their width shrinks with √n, and the estimate may err as in one of five runs. "about 40
// invocations a side (now 10) would decide". For a change too near to the limit the text says that instead.
[[nodiscard]] std::string what_would_decide(const Interval& worse, double estimate, double bound, std::size_t now);

// "−1.2 KiB", "+3.4 ms": a difference in base units with its sign.
[[nodiscard]] std::string format_difference(double value, const std::string& base_unit);
// "99 % interval", or "interval" when its level is unknown.
[[nodiscard]] std::string interval_name(const Interval& interval);
// What a person can do about a broken limit of this level.
[[nodiscard]] std::string cure_of(Level level, const Input& input);

// A Finding with everything filled in that does not depend on the numbers.
[[nodiscard]] Finding finding_of(std::string_view rule, const Input& input);

// True when the policies for new and vanished benchmarks apply to this series: a primary metric, or one that its
// budget names; never one whose budget is off.
[[nodiscard]] bool presence_matters(const Input& input);
[[nodiscard]] Level level_of(OnPresence policy);  // ignore → pass

// Limits that cannot work on this metric (wrong unit, wrong direction), one warning each. The text names the budget,
// not the series, so that equal faults give equal texts.
[[nodiscard]] std::vector<Warning> misfits(const Input& input);

}  // namespace perfwarden::gates
