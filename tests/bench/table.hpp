#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/trial.hpp"

// The one table of all calibrations, as Markdown: what became of benchmarks of one true change, by the gate's verdicts.
namespace perfwarden::bench {

// Per cent of the benchmarks that were looked at.
struct Fate {
  double fails = 0, confirmed = 0, passes = 0, undecided = 0, high = 0;
  double shown = 0, fresh = 0;  // mean change of the confirmed ones, %: as shown, and by the fresh pairs alone
  double pairs = 0;             // mean
};
[[nodiscard]] Fate fate_of(const std::vector<Told>& benchmarks);
[[nodiscard]] double percent_of(double count, std::size_t total);

void print_header();
// `fails`: of the benchmarks, or of whole runs where nothing changed; `of`: how many that is a share of.
void print_row(const std::string& noise, const std::string& rule, const std::string& change, double fails,
               std::size_t of, const Fate& fate);

}  // namespace perfwarden::bench
