#pragma once

#include <string>
#include <vector>

#include "report/page/medium.hpp"
#include "report/page/page.hpp"
#include "report/view/facts.hpp"

namespace perfwarden::report {

// A Speaker writes the report's sentences for one medium. Words come from the phrases, values are neutralised here.
// Its sentences by subject: the verdict in verdict_sentences.cpp, what to do next in step_sentences.cpp, the run as a
// whole in run_sentences.cpp; the words of one series in sentences.cpp.
class Speaker {
 public:
  Speaker(const Report& report, const Facts& facts, const Phrases& phrases, Medium medium)
      : report_(report), facts_(facts), phrases_(phrases), medium_(medium) {}

  [[nodiscard]] std::string verdict() const;
  [[nodiscard]] std::string action() const;  // the shortest next step, for the first line; may be empty
  // Whole sentences; `beyond_action` omits what action() says already.
  [[nodiscard]] std::vector<std::string> steps(bool beyond_action = false) const;
  // Whether suites ran the same program on both sides, and what flagged changes come from.
  [[nodiscard]] std::vector<std::string> identities() const;
  [[nodiscard]] std::vector<std::string> tradeoffs() const;  // at most five, then how many more
  // The geometric mean of the change of each primary metric that several benchmarks have.
  [[nodiscard]] std::vector<std::string> geomeans() const;
  [[nodiscard]] std::string compared() const;  // what was compared with what; empty without a head commit

  // "slower", "more memory", "higher", …: what the measured change is called.
  [[nodiscard]] std::string direction(const Comparison& comparison, const std::string& ending = "") const;
  // One or two words for a row: direction where something changed, else "ok", "undecided", "new", "gone".
  [[nodiscard]] std::string outcome(std::size_t i) const;
  // As outcome, for a row that shows the metric: "more" for "more memory".
  [[nodiscard]] std::string short_outcome(std::size_t i) const;
  // "core/parse/large +9.8 % (HIGH)".
  [[nodiscard]] std::string worst(std::size_t i) const;
  // Why nothing could be decided and what would help; empty when the series is decided.
  [[nodiscard]] std::string undecided(std::size_t i) const;

 private:
  [[nodiscard]] std::string judged() const;         // the verdict without observe mode and override
  [[nodiscard]] bool changed(std::size_t i) const;  // direction() describes what happened to the series
  [[nodiscard]] bool only_gone() const;             // benchmarks vanished, and nothing else fails
  [[nodiscard]] std::string step_to_pass() const;
  void add_steps_of_failures(std::vector<std::string>& out, bool beyond_action) const;
  [[nodiscard]] std::string step_for_failed() const;
  [[nodiscard]] std::string step_for_undecided() const;
  [[nodiscard]] std::string step_for_nothing(bool beyond_action) const;  // empty where something was compared
  [[nodiscard]] std::string step_for_machines() const;
  [[nodiscard]] std::string judged_rest() const;  // as if no benchmark failed on head
  [[nodiscard]] std::string failing() const;
  [[nodiscard]] std::string passing() const;
  [[nodiscard]] std::string not_judged() const;
  [[nodiscard]] Data counted(const std::vector<std::size_t>& series) const;
  [[nodiscard]] std::string name(std::string_view hostile) const { return name_in(medium_, hostile); }
  [[nodiscard]] std::string prose(std::string_view hostile) const { return prose_in(medium_, hostile); }

  const Report& report_;
  const Facts& facts_;
  const Phrases& phrases_;
  Medium medium_;
};

// Commit as people write it: 7 digits when it is one, else the hostile text itself.
[[nodiscard]] std::string short_commit(const std::string& commit);
// The report's name for a machine: its processor, else its fingerprint; empty when unknown.
[[nodiscard]] std::string machine_name(const Machine& machine);
// A fraction without a sign: 0.031 → "3.1 %".
[[nodiscard]] std::string format_share(double fraction);
[[nodiscard]] std::string format_level(double fraction);  // as format_share, without ".0": "99 %"
// Of all intervals: "99 %", "90–99 %".
[[nodiscard]] std::string levels_text(const Facts& facts, const StatisticsConfig& statistics);
[[nodiscard]] std::string runs_text(const Facts& facts);  // "12", "3–12"; empty when nothing ran

}  // namespace perfwarden::report
