#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/plan.hpp"
#include "model/position.hpp"

namespace perfwarden::measure {

// A Pace estimates how long the rest of a plan takes: the mean of what a suite's runs took so far, within the
// suite's max_time_s.
class Pace {
 public:
  explicit Pace(const Plan& plan);

  void add(const std::vector<Step>& steps);     // steps beyond those planned
  void took(const Step& step, double seconds);  // a step was carried out
  void skipped(const Step& step);               // a step will not be carried out

  [[nodiscard]] std::size_t done() const { return done_; }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] std::vector<double> spent_s() const;  // what counts towards max_time_s, by suite
  [[nodiscard]] bool is_out_of_time(std::size_t suite) const {
    return suites_[suite].spent_s >= plan_.suites[suite].iterations.max_time_s;
  }
  // "max-time-short" when max_time_s of an adaptive suite with two sides is too short to decide anything at what its
  // runs took so far, with the one that would do. Once a suite, after each of its cases has run once a side.
  [[nodiscard]] std::optional<Warning> too_short(std::size_t suite);
  // nullopt until the first run has ended.
  [[nodiscard]] std::optional<double> left_s() const;

 private:
  struct OfSuite {
    double spent_s = 0;
    std::size_t runs_done = 0;
    std::size_t runs_left = 0;
    std::size_t needed_left = 0;  // of those, the ones that max_time_s does not cut
    bool is_reach_known = false;
  };
  struct Reach {
    std::size_t pairs = 0;  // of every case for which max_time_s is enough
    double needed_s = 0;    // the max_time_s that is enough to decide
  };
  void leave(const Step& step);
  [[nodiscard]] std::optional<Reach> reach_of(std::size_t suite) const;  // nullopt before each case has run once

  const Plan& plan_;
  std::vector<OfSuite> suites_;
  std::size_t done_ = 0, total_ = 0;
};

}  // namespace perfwarden::measure
