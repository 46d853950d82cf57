#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/plan.hpp"

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
  [[nodiscard]] double spent_s(std::size_t suite) const { return suites_[suite].spent_s; }
  [[nodiscard]] std::vector<double> spent_s() const;  // by suite
  // Pairs (with one side: runs) of every case for which max_time_s is enough, at what runs of the suite took so far,
  // and the max_time_s that is enough for `pairs`; nullopt before each has run once.
  struct Reach {
    std::size_t pairs = 0;
    double needed_s = 0;
  };
  [[nodiscard]] std::optional<Reach> reach_of(std::size_t suite, std::size_t pairs) const;
  // nullopt until the first run has ended.
  [[nodiscard]] std::optional<double> left_s() const;

 private:
  struct OfSuite {
    double spent_s = 0, max_time_s = 0;
    std::size_t runs_done = 0;
    std::size_t runs_left = 0;
    std::size_t needed_left = 0;  // of those, the ones that max_time_s does not cut
  };
  void leave(const Step& step);

  const Plan& plan_;
  std::vector<OfSuite> suites_;
  std::size_t done_ = 0, total_ = 0;
};

}  // namespace perfwarden::measure
