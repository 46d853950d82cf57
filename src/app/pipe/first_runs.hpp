#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::app {

// "5 benchmarks (wall_time), 2.1 s a run": what the first run of a suite gave.
[[nodiscard]] std::string first_run_text(const Samples& samples, double run_s);
// "50 s", "4 min", "1.5 h": a time that is guessed.
[[nodiscard]] std::string rough_time(double seconds);

// How long a comparison of a suite usually takes, both sides together, and at most; of one side, all its runs.
struct Span {
  double usual_s = 0, most_s = 0;
};
[[nodiscard]] Span span_of(const Suite& suite, bool two_sided, double run_s);

// FirstRuns reads the first run of each suite on each side at once, and knows from them how long the rest takes.
class FirstRuns {
 public:
  FirstRuns(const Plan& plan, const Config& config);
  // Error (benchmark): see ingest::read_first. The text comes once, with the last of the first runs: what each suite
  // gave, and about how long measuring takes.
  [[nodiscard]] Result<std::optional<std::string>> take(const RawInvocation& run);

 private:
  struct OfSuite {
    Samples samples;   // of head, all cases
    double run_s = 0;  // of all cases, once on one side
  };
  [[nodiscard]] std::string estimate() const;

  const Plan& plan_;
  const Config& config_;
  std::size_t awaited_ = 0;  // first runs that are still to come
  std::vector<OfSuite> suites_;
};

}  // namespace perfwarden::app
