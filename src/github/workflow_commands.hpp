#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

// The lines and files by which a step communicates with GitHub's runner. Facts: actions/runner 2.336
// (ActionCommand, FileCommandManager).
namespace perfwarden::github {

// Data after the second "::", and property values: '%' first, then line ends (and ':' and ',').
[[nodiscard]] std::string escape_data(std::string_view text);
[[nodiscard]] std::string escape_property(std::string_view text);

// An Annotation is shown on the run's page and beside the line that it names.
struct Annotation {
  enum class Level { error, warning, notice } level = Level::notice;
  std::string file;  // relative to the repository; empty = none
  int line = 0;      // 0 = none
  std::string title;
  std::string message;  // at most 4 096 characters are kept
};

inline constexpr std::size_t k_annotations_per_level = 10;  // that the runner keeps of one step

// One line each, in the order given. The runner silently drops all beyond ten of a level, so the
// tenth says how many are omitted: "and 4 more …; all are in the job summary".
[[nodiscard]] std::string annotations(std::span<const Annotation> all);

// 32 hex digits that nobody can guess.
[[nodiscard]] std::string random_token();

// One entry of GITHUB_OUTPUT: name<<delimiter, value, delimiter. `make_token` is asked again until
// the delimiter is not in the value.
[[nodiscard]] std::string output_entry(std::string_view name, std::string_view value,
                                       const std::function<std::string()>& make_token = random_token);

// Appends outputs to the file that GITHUB_OUTPUT names. Names must match [A-Za-z_][A-Za-z0-9_-]*.
[[nodiscard]] Status append_outputs(const std::string& file,
                                    std::span<const std::pair<std::string, std::string>> outputs);

inline constexpr std::size_t k_max_summary_bytes = std::size_t{1} << 20;  // larger ones are not shown at all

// The longest beginning of `markdown` that fits into `room` bytes together with a last line that says
// that it was cut; whole lines, whole characters. `markdown` itself when it fits.
[[nodiscard]] std::string fit_summary(std::string_view markdown, std::size_t room);

// Appends to the file that GITHUB_STEP_SUMMARY names; what is in it already counts towards the limit.
[[nodiscard]] Status append_summary(const std::string& file, std::string_view markdown);

}  // namespace perfwarden::github
