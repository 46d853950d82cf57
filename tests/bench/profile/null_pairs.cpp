#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>

#include "profile/diff/classify.hpp"
#include "profile/diff/diff.hpp"
#include "support/made_profile.hpp"

// null_pairs [SEEDS [PAIRS]]: how often two profiles of the same program raise a flag, and how often a planted slowdown
// is found. Prints a table; fails when more than 5 % of comparisons raise any flag, or less than 95 % find +3 points on
// a function of 5 % with 10,000 samples a side.
namespace perfwarden {
namespace {

// These pairs differ in nothing but their samples, as runs of a real program never do.
profile::DiffOptions by_samples() {
  profile::DiffOptions options;
  options.time_by_share = true;
  options.assumed_spread = 0;
  return options;
}

bool flags(FrameChange change) {
  return profile::is_rise(change) || profile::is_fall(change) || change == FrameChange::moved;
}

bool any_flag(const profile::Diff& diff) {
  const ProfileDiff& evidence = diff.evidence;
  const auto of_group = [](const GroupDelta& group) { return flags(group.change); };
  return std::any_of(evidence.frames.begin(), evidence.frames.end(),
                     [](const FrameDelta& frame) { return flags(frame.change); }) ||
         std::any_of(evidence.packages.begin(), evidence.packages.end(), of_group) ||
         std::any_of(diff.tree.change.begin(), diff.tree.change.end(), flags);
}

std::string function_of_share(const support::MadeProgram& program, double share) {
  std::string best;
  double nearest = 1;
  for (const auto& stack : program.stacks) {
    double own = 0;
    for (std::size_t i = 0; i < program.stacks.size(); ++i)
      if (program.stacks[i].back() == stack.back()) own += program.chance[i];
    if (std::abs(own - share) >= nearest) continue;
    nearest = std::abs(own - share);
    best = stack.back();
  }
  return best;
}

int run(std::uint64_t seeds, std::size_t pairs) {
  bool good = true;
  fmt::print("{:>6} {:>8} {:>8} {:>12} {:>10} {:>10} {:>12}\n", "seed", "samples", "flagged", "inconclusive",
             "+3 points", "+5 points", "function");
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const support::MadeProgram program = support::make_program(seed);
    const std::string victim = function_of_share(program, 0.05);
    for (const std::size_t samples : std::array<std::size_t, 4>{300, 1000, 3000, 10000}) {
      SplitMix64 random(seed * 1000 + samples);
      std::size_t flagged = 0;
      std::size_t unsure = 0;
      std::array<std::size_t, 2> found{};
      for (std::size_t pair = 0; pair < pairs; ++pair) {
        const Profile base = support::draw_profile(program, samples, random);
        const auto null = profile::diff(base, support::draw_profile(program, samples, random), by_samples());
        if (any_flag(*null)) ++flagged;
        const auto& frames = null->evidence.frames;
        if (std::any_of(frames.begin(), frames.end(),
                        [](const FrameDelta& frame) { return frame.change == FrameChange::inconclusive; }))
          ++unsure;
        for (std::size_t which = 0; which < 2; ++which) {
          support::MadeProgram slower = program;
          support::slow_down(slower, victim, which == 0 ? 0.03 : 0.05);
          const auto diff = profile::diff(base, support::draw_profile(slower, samples, random), by_samples());
          for (const FrameDelta& frame : diff->evidence.frames)
            if (frame.name == victim && frame.change == FrameChange::regression && !frame.by_total) ++found[which];
        }
      }
      const auto percent = [&](std::size_t n) { return 100.0 * static_cast<double>(n) / static_cast<double>(pairs); };
      fmt::print("{:>6} {:>8} {:>7.1f}% {:>11.1f}% {:>9.1f}% {:>9.1f}% {}\n", seed, samples, percent(flagged),
                 percent(unsure), percent(found[0]), percent(found[1]), victim);
      good = good && percent(flagged) <= 5 && (samples < 10000 || percent(found[0]) >= 95);
    }
  }
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace perfwarden

int main(int argc, char** argv) {
  return perfwarden::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1,
                         argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200);
}
