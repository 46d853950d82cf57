#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/report.hpp"

// Reports built by hand that together show everything a report can say. Numbers are made by a fixed generator.
namespace perfwarden::support {

[[nodiscard]] Report report_pass();
[[nodiscard]] Report report_fail_high();      // one soft regression, HIGH, of four
[[nodiscard]] Report report_mixed();          // 20 series of two suites: hard, soft, warn, undecided, better, ungated
[[nodiscard]] Report report_inconclusive();   // nothing broken, two too noisy, one with too few samples
[[nodiscard]] Report report_no_baseline();    // a first run
[[nodiscard]] Report report_observe();        // would fail, does not block
[[nodiscard]] Report report_overridden();     // soft regression accepted by label
[[nodiscard]] Report report_hostile();        // every text that a pull request can write tries to break out
[[nodiscard]] Report report_hostile_few();    // the same in few rows, as the goldens hold it
[[nodiscard]] Report report_presence();       // new, vanished, renamed
[[nodiscard]] Report report_other_machine();  // cached baseline from another machine
[[nodiscard]] Report report_many();           // 500 benchmarks: more than a comment of 30 000 characters takes
[[nodiscard]] Report report_empty();          // nothing was compared

struct NamedReport {
  std::string name;
  Report report;
};
[[nodiscard]] const std::vector<NamedReport>& sample_reports();  // all but the two that are long: all hostile, many

// What two profiles of core/parse/large show: more, new, less, gone, moved and undecided functions, packages, owners.
[[nodiscard]] ProfileDiff sample_evidence();

// Texts that try to get out of every medium; each is the name of a benchmark of report_hostile(), and stands in every
// other text of its series. page/medium_test holds what each becomes in each medium.
[[nodiscard]] const std::vector<std::string>& hostile_texts();
// The same, joined to as few as can be shown whole: the names of report_hostile_few().
[[nodiscard]] const std::vector<std::string>& few_hostile_texts();

}  // namespace perfwarden::support
