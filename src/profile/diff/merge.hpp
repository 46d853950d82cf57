#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/profile.hpp"
#include "profile/diff/sampling.hpp"

namespace perfwarden::profile {

// Several profiles of one side as one: costs added up. Error (usage) when their sample types are not the same.
struct Merged {
  Profile profile;
  std::vector<std::vector<FrameId>> frames;  // frames[i]: which of `profile` those of the i-th are
};
[[nodiscard]] Result<Merged> merge(std::span<const Profile> profiles);

// A Sample is a cost with its noise: Σw and Σw² over its samples, and their number.
struct Sample {
  double cost = 0, squares = 0, samples = 0;
  Sample& operator+=(const Sample& other) {
    cost += other.cost;
    squares += other.squares;
    samples += other.samples;
    return *this;
  }
};
using Samples2 = std::array<Sample, 2>;  // base, head

// The Samples of many nodes or functions on one side.
class SampleColumn {
 public:
  void resize(std::size_t size);
  [[nodiscard]] std::size_t size() const { return cost.size(); }
  [[nodiscard]] Sample operator[](std::size_t i) const {
    if (unit > 0) return {cost[i], cost[i] * unit, cost[i] / unit};
    return {cost[i], squares[i], samples[i]};
  }
  void add(std::size_t i, const Sample& sample);

  double unit = 0;  // cost of each sample; 0: they differ, and the other two columns are filled
  std::vector<double> cost, squares, samples;
};
using Columns2 = std::array<SampleColumn, 2>;  // base, head

// Both profiles as one tree of functions. Functions with equal names on both sides are united, and so are those whose
// names differ only in what a build or run changes (matching_key). Names shown are head's where it has one.
struct United {
  CallTree tree;
  Columns2 self, total;                    // by node
  Columns2 function_self, function_total;  // by frame; recursion is counted once a stack
  std::vector<bool> nested;                // by node: its function is also further up
  Samples2 whole;
  std::array<std::vector<FrameId>, 2> frames;  // frames[side]: which of `tree` those of the profile are
  std::vector<std::uint32_t> names;            // by frame: how many names were united in it
  std::array<bool, 2> samples_known{};
};

// Whole costs of one side are positive. `roots`: where each side's checkout lay, cut from names and files.
[[nodiscard]] United unite(const std::array<const Profile*, 2>& profiles, const std::array<std::size_t, 2>& types,
                           const std::array<std::string, 2>& roots);

}  // namespace perfwarden::profile
