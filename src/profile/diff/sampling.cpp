#include "profile/diff/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

Error usage(std::string what, std::string hint) {
  return Error{.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

std::string list_of(const Profile& profile) {
  std::vector<std::string> names;
  for (const SampleType& type : profile.types) names.push_back(text::one_line(type.name));
  return text::join(names, ", ");
}

std::optional<std::size_t> find_type(const Profile& profile, std::string_view name) {
  for (std::size_t i = 0; i < profile.types.size(); ++i)
    if (profile.types[i].name == name) return i;
  return std::nullopt;
}

// ── the event that samples were taken of ──

const SampledEvent* find_event(const Profile& profile, std::string_view name) {
  const auto found = std::find_if(profile.events.begin(), profile.events.end(),
                                  [&](const SampledEvent& event) { return event.name == name; });
  return found == profile.events.end() ? nullptr : &*found;
}

std::string events_of(const Profile& profile) {
  std::vector<std::string> names;
  for (const SampledEvent& event : profile.events) names.push_back("'" + text::one_line(event.name) + "'");
  return text::join(names, ", ");
}

std::optional<std::size_t> count_type_of(const Profile& profile, std::size_t type) {
  for (const SampledEvent& event : profile.events)
    if (event.cost == type || event.samples == type) return event.samples;
  return profile.count_type;
}

struct CommonEvent {
  const SampledEvent *base = nullptr, *head = nullptr;
};

// The first event of head that base has too.
Result<CommonEvent> common_event(const Profile& base, const Profile& head) {
  for (const SampledEvent& event : head.events)
    if (const SampledEvent* const same = find_event(base, event.name)) return CommonEvent{same, &event};
  return usage(fmt::format("base was sampled by {} and head by {}: samples of different events cannot be compared",
                           events_of(base), events_of(head)),
               fmt::format("record both sides by the same event, such as perf record -e {}",
                           text::one_line(head.events.front().name)));
}

// The types to compare when both files name their events. `wanted`: "samples", or empty for the costs.
Result<std::array<std::size_t, 2>> type_by_event(const Profile& base, const Profile& head, const std::string& wanted,
                                                 std::vector<Warning>& warnings) {
  PW_TRY_ASSIGN(const CommonEvent common, common_event(base, head));
  const bool costs =
      wanted.empty() && common.base->cost != common.base->samples && common.head->cost != common.head->samples;
  if (common.base->scope != common.head->scope) {
    const auto said = [](const std::string& scope) {
      return scope == "u" ? "code outside of the kernel" : scope == "k" ? "the kernel" : "all code";
    };
    warnings.push_back({"scopes-differ", fmt::format("'{}' was sampled in {} on base and in {} on head: what one side "
                                                     "lacks looks new or gone; record both in the same way",
                                                     text::one_line(common.head->name), said(common.base->scope),
                                                     said(common.head->scope))});
  }
  if (base.events.size() > 1 || head.events.size() > 1)
    warnings.push_back(
        {"other-events", fmt::format("base has samples of {}, head of {}: '{}' is compared; --type "
                                     "chooses another",
                                     events_of(base), events_of(head), text::one_line(common.head->name))});
  if (costs) return std::array{common.base->cost, common.head->cost};
  return std::array{common.base->samples, common.head->samples};
}

Result<std::array<std::size_t, 2>> common_type(const Profile& base, const Profile& head, const std::string& wanted,
                                               std::vector<Warning>& warnings) {
  const bool by_event = !base.events.empty() && !head.events.empty();
  if (by_event && (wanted.empty() || wanted == "samples")) return type_by_event(base, head, wanted, warnings);
  const std::string each = fmt::format("base has {}; head has {}", list_of(base), list_of(head));
  if (!wanted.empty()) {
    const auto b = find_type(base, wanted);
    const auto h = find_type(head, wanted);
    if (b && h) return std::array{*b, *h};
    return usage(fmt::format("there is no sample type '{}' in {}", wanted,
                             !b && !h ? "either"
                             : !b     ? "base"
                                      : "head"),
                 each);
  }
  std::vector<std::string_view> order{"alloc_space"};  // what was allocated tells of code; what is in use of one moment
  order.push_back(head.types[head.default_type].name);
  order.push_back(base.types[base.default_type].name);
  for (const SampleType& type : head.types) order.push_back(type.name);
  for (const std::string_view name : order) {
    const auto b = find_type(base, name);
    const auto h = find_type(head, name);
    if (b && h) return std::array{*b, *h};
  }
  return usage("the two profiles have no sample type in common", each + ": record both sides in the same way");
}

bool rates_differ(const Profile& base, const Profile& head) {
  constexpr double k_rounding = 1e-9;
  return base.period > 0 && head.period > 0 && std::abs(base.period - head.period) > k_rounding * base.period;
}

Status check_normalization(const Profile& base, const Profile& head, const DiffOptions& options, Chosen& chosen) {
  switch (chosen.normalization) {
    case Normalization::share:
      break;
    case Normalization::per_op:
      chosen.divisor = options.operations;
      if (!(chosen.divisor[0] > 0) || !(chosen.divisor[1] > 0))
        return usage("per-op needs the number of operations of both sides, and it is not known",
                     "compare by share, or by interval where the recording times are known");
      break;
    case Normalization::interval:
      chosen.divisor = {base.seconds, head.seconds};
      if (!(base.seconds > 0) || !(head.seconds > 0))
        return usage("interval needs the recording time of both sides, which the profiles do not contain",
                     "compare by share");
      break;
    case Normalization::absolute:
      break;
  }
  if (!rates_differ(base, head)) return Nothing{};
  const bool counts = base.count_type == chosen.type[0] && head.count_type == chosen.type[1];
  if (counts && chosen.normalization != Normalization::share)
    return usage(fmt::format("the sides were sampled at different rates (a sample every {:g} and every {:g}), so their "
                             "counts of samples cannot be subtracted",
                             base.period, head.period),
                 "compare by share, or the column of time (--type)");
  chosen.warnings.push_back(
      {"sampling-rates-differ", fmt::format("the sides were sampled at different rates (a sample every {:g} and every "
                                            "{:g}): record both in the same way",
                                            base.period, head.period)});
  return Nothing{};
}

std::span<const double> column(const Profile& profile, std::optional<std::size_t> type) {
  return type ? std::span<const double>(profile.self[*type]) : std::span<const double>{};
}

std::optional<std::size_t> objects_type(const Profile& profile, std::size_t type) {
  const std::string& name = profile.types[type].name;
  constexpr std::string_view k_space = "space";
  if (!name.ends_with(k_space)) return std::nullopt;
  return find_type(profile, name.substr(0, name.size() - k_space.size()) + "objects");
}

// The greatest common divisor of many whole numbers is the cost of one sample; of few it may be chance. 0: none.
double quantum_of(std::span<const double> cost) {
  constexpr std::size_t k_many = 30;
  constexpr double k_whole = 9007199254740992;  // 2^53
  std::uint64_t divisor = 0;
  std::size_t some = 0;
  for (const double value : cost) {
    if (value == 0) continue;
    if (!(value > 0) || value != std::floor(value) || value > k_whole) return 0;
    divisor = std::gcd(divisor, static_cast<std::uint64_t>(value));
    if (divisor == 1) return 0;
    ++some;
  }
  return some >= k_many ? static_cast<double>(divisor) : 0;
}

// A runtime that samples every R bytes scales what it saw up, so that a stack seen once stands for R bytes, or for
// the object itself where that is larger. The least stack tells R, too large rather than too small.
std::vector<double> memory_samples(std::span<const double> cost, std::span<const double> objects) {
  double least = HUGE_VAL;
  for (const double value : cost)
    if (value > 0) least = std::min(least, value);
  std::vector<double> counts(cost.size(), 0);
  for (std::size_t i = 0; i < cost.size(); ++i)
    if (cost[i] > 0) counts[i] = cost[i] / std::max(least, objects[i] > 0 ? cost[i] / objects[i] : cost[i]);
  return counts;
}

}  // namespace

Result<Chosen> choose(const Profile& base, const Profile& head, const DiffOptions& options) {
  Chosen chosen;
  PW_TRY_ASSIGN(chosen.type, common_type(base, head, options.type, chosen.warnings));
  const SampleType& left = base.types[chosen.type[0]];
  const SampleType& right = head.types[chosen.type[1]];
  if (!left.unit.empty() && !right.unit.empty() && left.unit != right.unit)
    return usage(fmt::format("'{}' is in {} on base and in {} on head", text::one_line(left.name),
                             text::one_line(left.unit), text::one_line(right.unit)),
                 "record both sides in the same way");
  chosen.what = right;
  if (chosen.what.unit.empty()) chosen.what.unit = left.unit;
  chosen.exact = base.exact && head.exact;
  if (base.exact != head.exact)
    chosen.warnings.push_back(
        {"exact-and-sampled", "one side is counted and the other is sampled: record both in the same way"});
  const bool fixed_work = chosen.exact || counts_memory(chosen.what);
  const bool by_share = !fixed_work && (options.time_by_share || rates_differ(base, head));
  chosen.normalization = options.normalization.value_or(by_share ? Normalization::share : Normalization::absolute);
  chosen.automatic = !options.normalization && !fixed_work && !by_share;
  PW_TRY(check_normalization(base, head, options, chosen));
  return chosen;
}

Sampling sampling_of(const Columns& columns) {
  if (columns.counts_samples) return {1, {}, true};
  if (!columns.samples.empty()) {
    Sampling sampling{0, {columns.samples.begin(), columns.samples.end()}, true};
    for (std::size_t i = 0; i < sampling.counts.size(); ++i)
      if (columns.cost[i] > 0 && !(sampling.counts[i] > 0)) sampling.counts[i] = 1;
    return sampling;
  }
  if (columns.period > 0) return {columns.period, {}, true};
  if (!columns.objects.empty()) return {0, memory_samples(columns.cost, columns.objects), false};
  if (const double quantum = quantum_of(columns.cost); quantum > 0) return {quantum, {}, true};
  // Each cost as if it had been seen once: (Σw)²/Σw² then is the least number of samples that they can stand for.
  Sampling sampling{0, std::vector<double>(columns.cost.size(), 0), false};
  for (std::size_t i = 0; i < columns.cost.size(); ++i)
    if (columns.cost[i] > 0) sampling.counts[i] = 1;
  return sampling;
}

Columns columns_of_nodes(const Profile& profile, std::size_t type) {
  Columns columns;
  columns.cost = profile.self[type];
  const std::optional<std::size_t> counts = count_type_of(profile, type);
  columns.counts_samples = counts == type;
  columns.samples = column(profile, counts);
  columns.objects = column(profile, objects_type(profile, type));
  if (type == profile.default_type) columns.period = profile.period;
  return columns;
}

FunctionColumns columns_of_functions(const Profile& profile, std::size_t type) {
  FunctionColumns out;
  const auto objects = objects_type(profile, type);
  for (const FunctionCost& function : profile.functions) {
    out.cost.push_back(function.self[type]);
    out.total.push_back(function.total[type]);
    if (profile.count_type) {
      out.samples.push_back(function.self[*profile.count_type]);
      out.total_samples.push_back(function.total[*profile.count_type]);
    }
    if (objects) {
      out.objects.push_back(function.self[*objects]);
      out.total_objects.push_back(function.total[*objects]);
    }
  }
  return out;
}

Columns own_of(const FunctionColumns& functions, const Columns& nodes) {
  return {functions.cost, functions.samples, functions.objects, nodes.period, nodes.counts_samples};
}

Columns total_of(const FunctionColumns& functions, const Columns& nodes) {
  return {functions.total, functions.total_samples, functions.total_objects, nodes.period, nodes.counts_samples};
}

}  // namespace perfwarden::profile
