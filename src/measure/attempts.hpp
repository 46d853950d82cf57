#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "model/plan.hpp"
#include "model/position.hpp"

namespace perfwarden::measure {

// Attempts keep how the runs of each case ended on each side, warm-ups included. A case that fails three times in a
// row on a side is given up, on both.
class Attempts {
 public:
  explicit Attempts(const Plan& plan) : plan_(plan) {}

  // The warning when this run made its case given up.
  [[nodiscard]] std::optional<Warning> note(const Step& step, bool ok);

  [[nodiscard]] bool is_first(const Step& step) const;                   // of its case on its side
  [[nodiscard]] bool is_given_up(const Step& step) const;                // its case, on either side
  [[nodiscard]] bool fails_on_its_side(const Step& step) const;          // its case has been given up on that side
  [[nodiscard]] bool nothing_works(std::size_t suite, Side side) const;  // every case has run, and none ever ended well

 private:
  struct OfCase {
    int in_a_row = 0;  // failures
    bool any_ok = false;
  };
  using Key = std::tuple<std::size_t, std::size_t, Side>;  // suite, case, side
  [[nodiscard]] static Key key_of(const Step& step) { return {step.suite, step.case_index, step.side}; }

  const Plan& plan_;
  std::map<Key, OfCase> cases_;
  std::set<std::pair<std::size_t, std::size_t>> given_up_;  // suite, case
};

}  // namespace perfwarden::measure
