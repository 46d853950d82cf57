#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/own_code.hpp"
#include "base/result.hpp"
#include "measure/inspection.hpp"
#include "model/plan.hpp"
#include "model/trace.hpp"

namespace perfwarden::app {

// The folders of two sides, for a SideGuard. `top` is empty outside of a git repository and for folders that the user
// named.
[[nodiscard]] Places places_of(World& world, const Checkouts& checkouts);

// A SideGuard sees to it that each side runs its own code while both are measured: by what the traced warm-ups used
// (own_code.hpp), and by looking at those files of a side again whenever something else has run. What a side changes in
// its own checkout is its own matter; what anybody else changes there voids the run.
class SideGuard : public measure::Inspection {
 public:
  // To be made before anything is built. The arguments must outlive it.
  SideGuard(World& world, const Plan& plan, Places places);

  [[nodiscard]] std::string side_folder(Side side) const override { return places_.of(side); }
  void built() override;
  [[nodiscard]] Status before(const Step& step) override;
  void after(const Step& step) override;
  void traced(const Step& step, Trace trace) override;
  [[nodiscard]] Result<std::map<std::size_t, measure::ToMeasure>> decide(std::vector<Warning>& warnings) override;
  [[nodiscard]] Status ended() override;

  // Of the first warm-up; null when there was none.
  [[nodiscard]] const Trace* trace_of(std::size_t suite, std::size_t case_index, Side side) const;
  [[nodiscard]] const Places& places() const { return places_; }

 private:
  using Runs = std::vector<std::pair<std::int64_t, std::int64_t>>;  // begin and end, as times of files
  // What is known of a file after the last run of its side.
  struct Known {
    bool exists = false;
    FileSignature signature;
    std::string digest;
  };

  [[nodiscard]] Status check(Side side);
  void learn(Side side);
  [[nodiscard]] Error changed(Side side, const std::string& path) const;

  World& world_;
  const Plan& plan_;
  Places places_;
  BuildTime builds_;
  bool decided_ = false;
  std::int64_t began_ns_ = 0;  // of the current step
  std::array<Runs, 2> runs_;   // of each side, until all warm-ups are traced
  std::array<std::map<std::string, Known>, 2> files_;
  std::map<std::tuple<std::size_t, std::size_t, Side>, Trace> traces_;
  std::optional<Error> fault_;  // found where no Error can be returned
};

}  // namespace perfwarden::app
