#pragma once

#include <optional>
#include <string>

#include "measure/children.hpp"
#include "measure/step.hpp"
#include "model/plan.hpp"
#include "model/position.hpp"
#include "model/raw.hpp"

namespace perfwarden::measure {

// An Output is what a run of a benchmark writes for its parser: its standard output, or the suite's output-file below
// the side's folder. It is made before the run, and removes the file that an earlier run left: that one must not be
// taken for this run's.
class Output {
 public:
  Output(const Plan& plan, const Step& step, const Children& sides);

  // Fills `output` and `output_name` of the invocation. A file that cannot be read makes the run a failed one. The
  // warning says that standard output was cut.
  [[nodiscard]] std::optional<Warning> take(Ended& ended, RawInvocation& invocation) const;

 private:
  void read_file(Ended& ended, std::string& output) const;

  const Plan& plan_;
  const Step& step_;
  const Suite& suite_;
  const std::string& folder_;  // of the side
  std::string path_;           // of the output-file below it; empty for standard output
  bool is_stale_ = false;      // a file of an earlier run could not be removed
};

}  // namespace perfwarden::measure
