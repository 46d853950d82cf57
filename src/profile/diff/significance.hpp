#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/profile_diff.hpp"
#include "profile/diff/merge.hpp"

namespace perfwarden::profile {

// A Yardstick normalises and compares the costs of both sides.
class Yardstick {
 public:
  // `divisor`: what each side is divided by before it is compared (Chosen::divisor); without effect on shares and their
  // noise.
  Yardstick(const Samples2& whole, Normalization normalization, const std::array<double, 2>& divisor, bool exact);

  // The cost on both sides, with its interval (95 %) and p. With shares, `expected` is how many times base's share
  // head's would be if nothing happened: 1, or less where other code grew.
  [[nodiscard]] Share compare(const Samples2& cost, double overdispersion) const;
  [[nodiscard]] double p_against(const Samples2& cost, double overdispersion, double expected) const;
  // Whether head has less of it than base, each divided by its divisor. Of a share this is the other reading: the share
  // of what did not fall becomes less when others grow.
  [[nodiscard]] bool fell(const Samples2& cost) const;
  [[nodiscard]] bool exact() const { return exact_; }
  [[nodiscard]] bool of_shares() const { return of_shares_; }
  [[nodiscard]] const std::array<double, 2>& scale() const { return scale_; }  // cost × scale = normalised

 private:
  // A cost as if each of `samples` independent ones had cost the same.
  struct Count {
    double samples = 0;  // that contain it
    double all = 0;      // with shares: the number of all samples
    double weight = 0;   // without: normalised cost of one sample
  };
  [[nodiscard]] std::array<Count, 2> counts_of(const Samples2& cost, double overdispersion) const;
  [[nodiscard]] Interval interval_of(const Samples2& cost, const std::array<Count, 2>& counts) const;

  Samples2 whole_;
  std::array<double, 2> divisor_;
  bool of_shares_, exact_;
  std::array<double, 2> scale_{};
};

// The effective number of independent samples in a side's costs: (Σw)²/Σw².
[[nodiscard]] double effective_samples(const Sample& whole);

// Fills p_adjusted of all (Benjamini and Hochberg 1995); null pointers are skipped.
void adjust(std::span<Share* const> tested);

// How many samples a side would show a change of `matters` in a function of 10 %, as the first of `tested` to be found.
[[nodiscard]] double samples_needed(double matters, double significance, std::size_t tested, double overdispersion);

}  // namespace perfwarden::profile
