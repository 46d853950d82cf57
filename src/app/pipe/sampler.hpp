#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/pipe/reserve.hpp"
#include "base/result.hpp"
#include "compare/adaptive.hpp"
#include "ingest/read.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {

// A Sampler decides, while base and head are measured, what to measure next: more pairs of the benchmarks that are
// undecided, and of no others where the harness can choose. Its answers depend only on what was measured. A benchmark
// that gives no more values is not run again.
class Sampler {
 public:
  // The arguments must outlive it.
  Sampler(const Plan& plan, const Config& config) : plan_(plan), config_(config), reserve_(plan) {}

  // Empty when nothing is left to do.
  [[nodiscard]] Result<std::vector<Step>> next(const Raw& raw);
  // Writes into the samples which looks time moved, so that whoever compares them comes to the same decisions.
  void mark(ingest::SidedSamples& samples) const;
  // Of the last call of next().
  [[nodiscard]] const std::vector<compare::Standing>& standings() const { return standings_; }

 private:
  void drop_what_brought_nothing(const ingest::SidedSamples& samples);
  [[nodiscard]] std::vector<plan::MorePairs> grouped(const std::vector<compare::Wanted>& wanted,
                                                     const ingest::SidedSamples& samples);
  [[nodiscard]] std::vector<plan::MorePairs> up_to_most() const;
  [[nodiscard]] Unit unit_of(const SeriesId& id) const;
  [[nodiscard]] std::vector<std::string> only(const Unit& unit, const std::vector<std::string>& benchmarks,
                                              const ingest::SidedSamples& samples) const;

  const Plan& plan_;
  const Config& config_;
  Reserve reserve_;
  std::size_t batch_ = 0;
  std::vector<compare::Standing> standings_;
  std::map<Unit, int> next_invocation_;
  std::map<SeriesId, std::size_t> asked_;  // pairs that a series had when more were asked for
  std::set<SeriesId> out_of_reach_;
  std::set<std::size_t> cannot_choose_;  // suites that ran nothing when they were to run some of their benchmarks
  std::set<std::size_t> chosen_;         // suites that were to run some of their benchmarks in the last batch
};

}  // namespace perfwarden::app
