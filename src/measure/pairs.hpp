#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "measure/replacements.hpp"
#include "model/plan.hpp"
#include "model/position.hpp"
#include "model/raw.hpp"
#include "os/machine/disturbance.hpp"

// A pair is one invocation of a case on base and the one on head that was measured next to it.
namespace perfwarden::measure {

using PairKey = std::tuple<std::size_t, std::size_t, int>;  // suite, case, invocation
[[nodiscard]] inline PairKey key_of(const Step& step) {
  return {step.suite, step.case_index, step.invocation};
}

// Moves the invocations of those pairs out of `from`, in their order, to the end of `to`.
void move_pairs(const std::set<PairKey>& keys, std::vector<RawInvocation>& from, std::vector<RawInvocation>& to);

// Removes the invocations whose other side is missing, of the suites that `needs_both` says it about.
void drop_halves(std::vector<RawInvocation>& invocations, const std::function<bool(const Step&)>& needs_both);

// DisturbedPairs are those during which the machine was not calm, and how many of them are measured again.
class DisturbedPairs {
 public:
  explicit DisturbedPairs(const Plan& plan);

  void note(const Step& step, os::Disturbance found);
  // Those noted since the last call that are to be measured again. `has_time` says it of a suite.
  [[nodiscard]] std::set<PairKey> to_repeat(const std::function<bool(std::size_t suite)>& has_time);
  // By suite, what the report says about them.
  [[nodiscard]] std::vector<Warning> warnings() const;

 private:
  const Plan& plan_;
  std::vector<Replacements> replacements_;                                // by suite
  std::map<PairKey, std::pair<os::Disturbance, os::Disturbance>> noted_;  // base, head
};

}  // namespace perfwarden::measure
