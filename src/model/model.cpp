#include <algorithm>

#include "base/hash.hpp"
#include "model/comparison.hpp"
#include "model/machine.hpp"
#include "model/position.hpp"
#include "model/run_context.hpp"

namespace perfwarden {

std::string Position::text() const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  return out;
}

void seal(Machine& machine) {
  if (machine.facts.empty()) return;
  std::uint64_t hash = fnv1a("");
  for (const auto& [name, value] : machine.facts) hash = fnv1a(value, fnv1a("\x1f", fnv1a(name, fnv1a("\x1e", hash))));
  machine.fingerprint = hex16(hash);
}

std::vector<MachineDifference> differences(const Machine& base, const Machine& head) {
  if (!base.fingerprint.empty() && base.fingerprint == head.fingerprint) return {};
  std::vector<MachineDifference> out;
  const auto value_of = [](const Machine& machine, const std::string& name) {
    const auto found =
        std::find_if(machine.facts.begin(), machine.facts.end(), [&](const auto& fact) { return fact.first == name; });
    return found == machine.facts.end() ? std::string() : found->second;
  };
  if (!base.facts.empty() && !head.facts.empty()) {
    for (const auto& [name, value] : base.facts)
      if (const std::string other = value_of(head, name); other != value) out.push_back({name, value, other});
    for (const auto& [name, value] : head.facts)
      if (value_of(base, name).empty() && !value.empty() &&
          std::none_of(base.facts.begin(), base.facts.end(), [&n = name](const auto& fact) { return fact.first == n; }))
        out.push_back({name, "", value});
  }
  if (out.empty() && base.fingerprint != head.fingerprint)
    out.push_back({"fingerprint", base.fingerprint, head.fingerprint});
  return out;
}

double Comparison::worse_by() const {
  if (metric.better == Better::unknown) return k_nan;
  return metric.better == Better::lower ? ratio - 1.0 : 1.0 - ratio;
}

namespace {

Interval worse_of(const Interval& ratio, Better better) {
  if (better == Better::lower) return {ratio.low - 1.0, ratio.high - 1.0, ratio.confidence};
  if (better == Better::unknown) {
    const double most = std::max(std::fabs(ratio.low - 1.0), std::fabs(ratio.high - 1.0));
    return {-most, most, ratio.confidence};
  }
  return {1.0 - ratio.high, 1.0 - ratio.low, ratio.confidence};
}

}  // namespace

Interval Comparison::worse_interval() const {
  return worse_of(ratio_interval, metric.better);
}

Interval Comparison::worse_bounds() const {
  return worse_of(ratio_bounds, metric.better);
}

Confidence Comparison::confidence_beyond(bool surely) const {
  constexpr double k_least_effect_d = 0.5;  // Cohen's "medium"
  const bool others = std::all_of(criteria.begin(), criteria.end(), [](const Criterion& criterion) {
    return criterion.met || criterion.name == "magnitude";
  });
  const bool high = surely && others && std::fabs(effect_d) >= k_least_effect_d;
  return std::max(high ? Confidence::high : Confidence::medium, strongest);  // a larger enumerator is weaker
}

std::string RunContext::run_url() const {
  if (!in_github || run_id.empty() || repository.empty()) return "";
  return server_url + "/" + repository + "/actions/runs/" + run_id;
}

}  // namespace perfwarden
