#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "compare/adaptive.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::app {

// Suite and case.
using Unit = std::pair<std::size_t, std::size_t>;

// A Reserve keeps the share of a suite's `max-time` that the fresh pairs of a confirmation take: where the next look
// would leave less, the suite's last look is moved forward to as many pairs as leave enough, once. It knows how long
// pairs take and nothing of which side was slower, so moving a look favours none. Where time is too short even for
// that, no look is moved, and what is at hand is judged when time ends.
class Reserve {
 public:
  // `plan` must outlive it.
  explicit Reserve(const Plan& plan) : plan_(plan) {}

  // True when a last look was moved, so that the progress has to be asked for again, with marked samples.
  [[nodiscard]] bool move_looks(const compare::Progress& progress, const Raw& raw,
                                const std::function<Unit(const SeriesId&)>& unit_of);
  // Sets Series::last_look of the suites whose last look was moved.
  void mark(Samples& samples) const;

 private:
  const Plan& plan_;
  std::map<std::size_t, std::size_t> last_looks_;  // pairs, by suite
};

}  // namespace perfwarden::app
