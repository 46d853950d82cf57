#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipe/checkouts.hpp"
#include "model/config.hpp"
#include "model/machine.hpp"
#include "model/plan.hpp"
#include "model/series.hpp"

// Builds that align functions (config: placement.align), and what became of it: docs/statistics.md, Placement.
namespace perfwarden::app {

// Code of a warning: a build does not align functions, and which line helps. See k_functions_aligned.
inline constexpr std::string_view k_functions_not_aligned = "functions-not-aligned";

// The machine with how this config has builds made: numbers of other builds are not comparable.
[[nodiscard]] Machine with_builds(Machine machine, const Config& config);

// Makes the compilers for the plan's builds below the work folder, for measure::Children::compilers. `env`: that of the
// children. Where that is not possible, builds go on without, and a warning says why.
[[nodiscard]] std::map<std::string, std::string> aligned_compilers(const Plan& plan,
                                                                   const std::map<std::string, std::string>& env,
                                                                   std::vector<Warning>& warnings);

// Looks at the programs that the suites ran, on both sides. Says nothing of suites whose program is not found below
// their checkout, or is not an image that can be read.
[[nodiscard]] std::vector<Warning> look_at_alignment(const Config& config, const Plan& plan, const Checkouts& sides);

// SHA-256 of each suite's program in this checkout, where it is found, by suite.
[[nodiscard]] std::map<std::string, std::string> program_digests(const Config& config, const std::string& side);
// The suites whose programs are byte for byte the same.
[[nodiscard]] std::vector<std::string> with_equal_digests(const std::map<std::string, std::string>& one,
                                                          const std::map<std::string, std::string>& other);

}  // namespace perfwarden::app
