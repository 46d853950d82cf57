#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "model/config.hpp"

namespace perfwarden {

enum class Side { base, head };
template <>
inline constexpr Names<Side, 2> k_names<Side>{{{"base", Side::base}, {"head", Side::head}}};

// A Step is one process to run. Steps are carried out in order.
struct Step {
  enum class Kind { build, setup, warmup, measure, teardown };
  Kind kind = Kind::measure;
  Side side = Side::head;
  std::size_t suite = 0;       // index into Plan::suites
  std::size_t case_index = 0;  // index into Suite::cases; 0 when there are none
  int invocation = 0;          // 0-based within (side, suite, case); pairs with the other side's same number
  // Appended to the suite's run command, so that only some of its benchmarks run; empty = all do.
  std::vector<std::string> only{};
  friend bool operator==(const Step&, const Step&) = default;
};

// A Plan lists everything that will be run, decided in advance. It can be printed (--dry-run).
struct Plan {
  std::vector<Suite> suites;  // the chosen ones
  std::vector<Step> steps;
  bool two_sided = false;                     // base and head alternate
  std::map<Side, std::string> first_objects;  // object file that builds of a side link before theirs (layouts)
  bool align_functions = false;               // builds and set-ups get compilers that align functions
  // A suite that fails wholly on head ends nothing: the others are measured, and a report says what failed.
  bool head_may_fail = false;
  std::uint64_t seed = 0;  // of the order within pairs and of the suites within a round; recorded
};

}  // namespace perfwarden
