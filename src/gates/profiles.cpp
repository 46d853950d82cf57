#include "gates/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

// A Rise is one change in the terms of a limit, where larger is worse.
struct Rise {
  std::string_view name;
  const Share* share = nullptr;
  bool shown = false;      // significant, and a rise
  bool ruled_out = false;  // surely none: moved, or diluted
  std::array<double, 2> samples{k_nan, k_nan};
};

using Limits = std::array<std::pair<Level, const std::optional<double>*>, 3>;

Limits limits_of(const ProfileRule& rule) {
  return {{{Level::warn, &rule.warn}, {Level::soft, &rule.soft}, {Level::hard, &rule.hard}}};
}

bool has_limit(const ProfileRule& rule) {
  return rule.warn || rule.soft || rule.hard;
}

// Frames carry their kind at the end ("memcpy_[k]"), which nobody writes into a glob.
std::string_view without_kind(std::string_view name) {
  const bool annotated = name.size() > 4 && name.ends_with(']') && name.substr(name.size() - 4, 2) == "_[";
  return annotated ? name.substr(0, name.size() - 4) : name;
}

bool rose(FrameChange change) {
  return change == FrameChange::regression || change == FrameChange::added;
}

std::vector<Rise> rises_of(const ShareGate& gate, const ProfileDiff& diff, ProfileScope scope, ProfileCost cost) {
  std::vector<Rise> out;
  if (scope != ProfileScope::function) {
    if (!gate.groups || cost != ProfileCost::self) return out;
    for (const GroupDelta& group : scope == ProfileScope::package ? diff.packages : diff.owners)
      out.push_back({group.name, &group.self, rose(group.change), false, {k_nan, k_nan}});
    return out;
  }
  for (const auto* frames : {&diff.frames, &diff.quiet}) {
    for (const FrameDelta& frame : *frames) {
      if (!gate.wanted(frame)) continue;
      const bool of_self = cost == ProfileCost::self;
      const Share& share = of_self ? frame.self : frame.total;
      const bool shown = rose(frame.change) && (of_self ? !frame.by_total : share.p_adjusted <= diff.significance);
      out.push_back({frame.name, &share, shown, frame.diluted || frame.change == FrameChange::moved,
                     of_self ? frame.self_samples : frame.total_samples});
    }
  }
  return out;
}

std::string points(double value) {
  return fmt::format("{:+.1f}", value * 100);
}

double of_one_run(const ProfileSide& side) {
  return side.cost / static_cast<double>(side.runs);
}

// What is judged, and the other reading where the sides' totals differ: as recorded beside shares, shares beside what
// was recorded.
std::string measured(const Rise& rise, const ProfileDiff& diff) {
  constexpr double k_as_good_as_equal = 0.02;
  const Share& share = *rise.share;
  const double ratio = of_one_run(diff.head) / of_one_run(diff.base);
  const bool two_readings = std::abs(ratio - 1) > k_as_good_as_equal && !diff.benchmark_ratio && share.base > 0;
  const bool counted = rise.samples[0] > 0 && rise.samples[1] > 0 && diff.base.runs == diff.head.runs;
  std::string out = fmt::format("{}: ", rise.name);
  if (diff.normalization == Normalization::absolute && !diff.exact && counted) {
    out += fmt::format("{:.0f} → {:.0f} samples ({:+.0f} %), {} points of base's {}", rise.samples[0], rise.samples[1],
                       (rise.samples[1] / rise.samples[0] - 1) * 100, points(share.delta()), diff.type.name);
    if (two_readings)
      out += fmt::format(", {:.1f} % → {:.1f} % of each side", share.base * 100, share.head / ratio * 100);
    out += " (";
  } else {
    out += fmt::format("{:.1f} % → {:.1f} % of {} ({} points, ", share.base * 100, share.head * 100, diff.type.name,
                       points(share.delta()));
    if (two_readings && diff.normalization == Normalization::share)
      out += fmt::format("{:+.0f} % as recorded, ", (share.head * ratio / share.base - 1) * 100);
  }
  if (diff.exact) return out + "counted exactly)";
  if (std::isnan(share.interval.low)) return out + "interval unknown)";
  return out + fmt::format("95 % interval {} to {})", points(share.interval.low), points(share.interval.high));
}

std::string what_more_samples_decide(const Share& share, double limit, const ProfileDiff& diff) {
  constexpr double k_most = 1e6;
  if (!diff.spread_known)
    return "how much two recordings of the same code differ is not known, record each side 3 times";
  const double now = std::min(diff.base.samples, diff.head.samples);
  const double ratio = (share.interval.high - share.interval.low) / 2 / std::abs(share.delta() - limit);
  const double needed = std::ceil(now * ratio * ratio / 100) * 100;
  if (!(needed <= k_most)) return "record longer";
  return fmt::format("about {:.0f} samples a side (now {:.0f}) would decide", std::max(needed, now + 1), now);
}

Finding judge_one(const Rise& rise, const ProfileInput& input, Level level, double limit, Finding finding) {
  const Share& share = *rise.share;
  finding.frame = std::string(rise.name);
  finding.expected = limit;
  finding.actual = share.delta();
  const std::string numbers = measured(rise, input.diff);
  const std::string bound = fmt::format("the {} limit of {} points", name_of(level), points(limit));
  Zone zone = zone_of(share.interval, limit, 1);
  // Without samples the plain limit decides, but not of a function that base does not list: a table may be cut.
  const bool counted = input.diff.exact || (input.diff.base.samples > 0 && input.diff.head.samples > 0);  // not NaN
  const bool plain = !counted && share.base > 0;
  if (zone == Zone::unknown && share.delta() <= limit) zone = Zone::within;
  if (plain && zone != Zone::within) zone = share.delta() <= limit ? Zone::within : Zone::beyond;
  if (rise.ruled_out || zone == Zone::within) {
    finding.reason = fmt::format("{} is within {}", numbers, bound);
    return finding;
  }
  if (zone == Zone::beyond && (rise.shown || plain)) {
    finding.level = level;
    finding.reason =
        fmt::format("{} is beyond {}{}: {}", numbers, bound,
                    !plain ? "" : ", which is all that it can be judged by since the number of samples is not known",
                    cure_of(level));
    return finding;
  }
  finding.level = undecided(level);
  finding.undecided = true;
  if (zone == Zone::unknown)
    finding.reason = fmt::format("{} cannot be judged by {}: the number of samples is unknown", numbers, bound);
  else if (zone == Zone::beyond)
    finding.reason = fmt::format("{} is beyond {}, but so few samples do not show it: record longer", numbers, bound);
  else
    finding.reason = fmt::format("{} lies on both sides of {}: {}", numbers, bound,
                                 what_more_samples_decide(share, limit, input.diff));
  return finding;
}

const ProfileRule* rule_for(std::string_view name, const std::vector<const ProfileRule*>& rules) {
  const std::string_view bare = without_kind(name);
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule)
    if (text::glob_match((*rule)->glob, name) || text::glob_match((*rule)->glob, bare)) return *rule;
  return nullptr;
}

// What is said of one limit: every breach, of what is in doubt only the widest, and of what holds only the largest.
struct Heard {
  std::vector<Finding> broken;
  std::optional<Finding> doubtful, holds;
  double widest = 0;
  std::size_t doubts = 0;
};

void hear(std::vector<Finding> findings, const Rise& rise, Heard& heard) {
  std::vector<Finding> worst;
  const Finding first = findings.front();
  keep_worst(std::move(findings), worst);
  if (worst.empty() && (!heard.holds || first.actual > heard.holds->actual)) heard.holds = first;
  for (Finding& finding : worst) {
    if (!finding.undecided) {
      heard.broken.push_back(std::move(finding));
      continue;
    }
    ++heard.doubts;
    const double high = std::isnan(rise.share->interval.high) ? rise.share->delta() : rise.share->interval.high;
    if (heard.doubtful && high <= heard.widest) continue;
    heard.widest = high;
    heard.doubtful = std::move(finding);
  }
}

void tell(Heard heard, std::vector<Finding>& into) {
  if (heard.doubts > 1)
    heard.doubtful->reason += fmt::format(" ({} more cannot be told from their limits either)", heard.doubts - 1);
  if (heard.broken.empty() && !heard.doubtful && heard.holds) into.push_back(*std::move(heard.holds));
  into.insert(into.end(), heard.broken.begin(), heard.broken.end());
  if (heard.doubtful) into.push_back(*std::move(heard.doubtful));
}

void judge_scope(const ShareGate& gate, const ProfileInput& input, ProfileScope scope, ProfileCost cost,
                 std::vector<Finding>& into) {
  std::vector<const ProfileRule*> rules;
  for (const ProfileRule& rule : input.gates.rules)
    if (rule.gate == gate.name && rule.scope == scope && rule.cost == cost) rules.push_back(&rule);
  if (rules.empty()) return;
  std::map<const ProfileRule*, Heard> heard;
  for (const Rise& rise : rises_of(gate, input.diff, scope, cost)) {
    const ProfileRule* rule = rule_for(rise.name, rules);
    if (rule == nullptr || !has_limit(*rule)) continue;
    std::vector<Finding> findings;
    for (const auto& [level, limit] : limits_of(*rule))
      if (limit->has_value())
        findings.push_back(judge_one(rise, input, level, **limit, finding_of(gate.name, input.diff, *rule)));
    hear(std::move(findings), rise, heard[rule]);
  }
  for (const ProfileRule* rule : rules)
    if (const auto found = heard.find(rule); found != heard.end()) tell(std::move(found->second), into);
}

}  // namespace

std::vector<Finding> judge_profile(const ProfileDiff& diff, const ProfileGates& gates) {
  std::vector<Finding> out;
  for (const Rule* rule : rules()) {
    const auto* judge = std::get_if<JudgeProfile>(&rule->judge);
    if (judge == nullptr) continue;
    std::vector<Finding> findings = (*judge)({diff, gates});
    out.insert(out.end(), findings.begin(), findings.end());
  }
  std::stable_sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) { return a.level > b.level; });
  return out;
}

std::vector<Finding> judge_shares(const ShareGate& gate, const ProfileInput& input) {
  std::vector<Finding> out;
  for (const ProfileScope scope : {ProfileScope::function, ProfileScope::package, ProfileScope::owner})
    for (const ProfileCost cost : {ProfileCost::self, ProfileCost::total}) judge_scope(gate, input, scope, cost, out);
  return out;
}

Finding finding_of(std::string_view gate, const ProfileDiff& diff, const ProfileRule& rule) {
  Finding finding;
  finding.rule = std::string(gate);
  finding.series = {diff.suite, diff.benchmark, diff.type.name};
  finding.op = "<=";
  finding.unit = "pp";
  finding.budget = rule.glob;
  finding.where = rule.where;
  return finding;
}

std::string_view cure_of(Level level) {
  if (level == Level::warn) return "worth a look, but nothing fails";
  return "make it cheaper, or change the limit in a reviewed commit";
}

}  // namespace perfwarden::gates
