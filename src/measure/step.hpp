#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/plan.hpp"
#include "os/process/processes.hpp"

// How a step ended, and the words for it.
namespace perfwarden::measure {

// How the hint of failure_of begins when it shows the command.
inline constexpr std::string_view k_by_hand = "try it by hand: ";

[[nodiscard]] bool is_run(const Step& step);  // of a benchmark: warm-up or measured

struct Ended {
  os::ProcessResult result;
  std::string failure;  // empty when all is well
  std::string hint;
  std::vector<std::string> last;  // lines that it wrote
  double seconds = 0;
  [[nodiscard]] bool ok() const { return failure.empty() && !result.interrupted; }
};
[[nodiscard]] Ended ended_of(Result<os::ProcessResult> result, double seconds);

// Error (benchmark): what failed, how, its last lines, and how to try it by hand.
[[nodiscard]] Error failure_of(const Plan& plan, const Step& step, const os::Command& command, const Ended& ended);
// Error (benchmark) when a word of the command names a file below its folder that is a pointer of Git LFS: a program
// that reads it measures nothing.
[[nodiscard]] Status check_inputs(const Plan& plan, const Step& step, const os::Command& command);
// "core/case (head, run 3)", counted from 1.
[[nodiscard]] std::string title_of(const Plan& plan, const Step& step);
// For progress: "core: head, run 3 of 10".
[[nodiscard]] std::string what_of(const Plan& plan, const Step& step);

}  // namespace perfwarden::measure
