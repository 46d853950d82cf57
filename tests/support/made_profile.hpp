#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "model/profile.hpp"

// A program that exists only as the chances of its stacks, to draw profiles from.
namespace perfwarden::support {

struct MadeProgram {
  std::vector<std::vector<std::string>> stacks;  // root first
  std::vector<double> chance;                    // of each; they sum to 1
};

// 150 functions with heavy-tailed shares, long paths that many stacks share, callers that differ, recursion, kernel
// frames. The same for the same seed.
inline MadeProgram make_program(std::uint64_t seed, std::size_t stacks = 600) {
  constexpr std::size_t k_functions = 150;
  SplitMix64 random(seed);
  const auto name = [](std::size_t i) {
    return i % 17 == 16 ? "do_work_" + std::to_string(i) + "_[k]"
                        : "pkg" + std::to_string(i % 12) + "::function_" + std::to_string(i);
  };
  MadeProgram program;
  double sum = 0;
  for (std::size_t i = 0; i < stacks; ++i) {
    std::vector<std::string> stack{"main", "run", "loop"};
    // Callers are functions of lower number, so that stacks share their beginnings.
    std::size_t at = 0;
    while (stack.size() < 40 && at + 1 < k_functions) {
      const double step = std::pow(random.uniform(), 2.0) * 12 + 1;
      at = std::min(k_functions - 1, at + static_cast<std::size_t>(step));
      stack.push_back(name(at));
      if (at % 23 == 7)
        for (std::uint64_t again = random.below(5); again > 0; --again) stack.push_back(name(at));
      if (random.uniform() < 0.12) break;
    }
    program.stacks.push_back(std::move(stack));
    program.chance.push_back(std::pow(static_cast<double>(i + 1), -1.1) * (0.5 + random.uniform()));
    sum += program.chance.back();
  }
  for (double& one : program.chance) one /= sum;
  return program;
}

// Moves `points` of chance to stacks that end in `function` by taking from all others alike.
inline void slow_down(MadeProgram& program, const std::string& function, double points) {
  double own = 0;
  for (std::size_t i = 0; i < program.stacks.size(); ++i)
    if (program.stacks[i].back() == function) own += program.chance[i];
  for (std::size_t i = 0; i < program.stacks.size(); ++i)
    program.chance[i] *= program.stacks[i].back() == function ? (own + points) / own : (1 - own - points) / (1 - own);
}

// As a sampling profiler would record it: `samples` independent draws, each of `period` nanoseconds.
inline Profile draw_profile(const MadeProgram& program, std::size_t samples, SplitMix64& random,
                            double period = 1001001) {
  std::vector<double> upto;
  double sum = 0;
  for (const double one : program.chance) upto.push_back(sum += one);
  std::vector<double> seen(upto.size(), 0);
  for (std::size_t i = 0; i < samples; ++i) {
    const auto at = std::upper_bound(upto.begin(), upto.end(), random.uniform() * sum);
    ++seen[std::min(upto.size() - 1, static_cast<std::size_t>(at - upto.begin()))];
  }
  Profile profile;
  profile.format = "made";
  profile.types = {{"samples", "count"}, {"cpu", "nanoseconds"}};
  profile.self.resize(2);
  profile.default_type = 1;
  profile.count_type = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] == 0) continue;
    NodeId node = k_root;
    for (const std::string& frame : program.stacks[i]) node = profile.tree.child(node, profile.tree.frames.add(frame));
    for (auto& column : profile.self) column.resize(profile.tree.size(), 0);
    profile.self[0][node] += seen[i];
    profile.self[1][node] += seen[i] * period;
  }
  for (auto& column : profile.self) column.resize(profile.tree.size(), 0);
  return profile;
}

}  // namespace perfwarden::support
