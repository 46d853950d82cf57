#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ingest/format.hpp"
#include "model/unit.hpp"

// What the formats share.
namespace perfwarden::ingest {

// An untrusted name made safe for a message: one line, at most 120 columns.
[[nodiscard]] std::string shown(std::string_view hostile);
// The same text with invalid UTF-8 replaced by U+FFFD, so that it can be written as JSON and read back equal.
[[nodiscard]] std::string valid_utf8(std::string_view text);

// Notes are the warnings of one document or one side: equal ones once, at most k_max_notes, then a count of the rest.
// Two that differ only in the place in front (`key` is the text without it) count as equal: the first place is kept for
// all repetitions and invocations.
class Notes {
 public:
  void add(std::string code, const std::string& text) { add(std::move(code), text, text); }
  void add(std::string code, std::string text, std::string_view key);
  [[nodiscard]] bool empty() const { return notes_.empty(); }
  [[nodiscard]] const Warning& first() const { return notes_.front(); }
  [[nodiscard]] std::vector<Warning> take();

 private:
  std::vector<Warning> notes_;
  std::unordered_set<std::string> seen_;
  std::size_t left_out_ = 0;
};

// What a second value of one metric of one benchmark is, within one process.
enum class Repeats { repetition, another_benchmark };

// A Table gathers the values of one document by benchmark and metric, in the order first seen.
class Table {
 public:
  // Of `another_benchmark`: nothing tells the two apart, so neither is judged, and a note says so.
  explicit Table(const Document& document, Repeats repeats = Repeats::repetition)
      : document_(&document), repeats_(repeats) {}
  // `value` is in metric.unit. A value that is not finite, has an overlong or empty name, or changes its unit is
  // ignored with a note. `line` 0 = unknown. `process`: Measurement::processes. Error (parse) when the document is
  // larger than the limits.
  [[nodiscard]] Status add(int line, std::string_view benchmark, Metric metric, std::string_view original_unit,
                           double value, std::optional<std::uint32_t> process = std::nullopt);
  // What else may tell the benchmarks that follow apart, such as their package.
  void qualify(std::vector<Qualifier> qualifiers) { qualifiers_ = std::move(qualifiers); }
  // Two benchmarks have this name: neither is judged, and a note says so.
  void duplicate(int line, std::string_view benchmark);
  // A benchmark that failed, with a note; empty `benchmark`: all of the document.
  void fail(int line, std::string_view benchmark, std::string_view reason);
  // A value that is NaN or infinite, with a note. A primary metric that gave nothing else in the document is a failure
  // of the benchmark: what was measured before and is not a number now has not got faster, and is not gone.
  void not_finite(int line, std::string_view benchmark, const Metric& metric, std::string_view what);
  void add_failure(Failed failed) { failures_.push_back(std::move(failed)); }
  void note(int line, std::string code, std::string_view text);  // puts "name:line: " in front
  void note_once(std::string code, const std::string& text);     // of the whole document; no place
  // The harness printed one number for many repetitions: `what` names it ("the median of its samples").
  void note_summary_only(std::string_view harness, std::string_view what, std::string_view cure);
  void note_long_lines(std::size_t passed_over);  // nothing when 0
  // A line that looks like a result of this format and could not be read.
  void note_unread(int line, std::string_view text);
  [[nodiscard]] bool has(std::string_view benchmark, std::string_view metric) const;
  [[nodiscard]] std::vector<Measurement>& measurements() { return measurements_; }
  // The Reading; Error (parse) with `what` and `hint` when no value at all was found.
  [[nodiscard]] Result<Reading> finish(std::string what, std::string hint);

 private:
  [[nodiscard]] std::string at(int line) const;
  [[nodiscard]] std::string key_of(std::string_view benchmark) const;
  [[nodiscard]] bool is_second(const Measurement& measurement, std::optional<std::uint32_t> process) const;
  void drop_duplicates();
  void fail_without_values();

  const Document* document_;
  Repeats repeats_;
  std::vector<Qualifier> qualifiers_;
  std::unordered_map<std::string, std::string> duplicates_;  // key of a benchmark → what to say
  std::vector<Failed> failures_;
  std::vector<std::pair<std::string, Failed>> not_finite_;  // by key of the benchmark NUL metric
  std::vector<Measurement> measurements_;
  std::unordered_map<std::string, std::size_t> index_;  // key of the benchmark NUL metric
  Notes notes_;
  std::size_t values_ = 0;
};

// Lines of a text with their numbers from 1; without \n or \r\n, with terminal escapes removed. Lines of more than
// k_max_line_bytes are ignored and counted.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool next();  // false at the end
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] std::size_t passed_over() const { return passed_over_; }

 private:
  std::string_view rest_, line_;
  std::string cleaned_;
  int number_ = 0;
  std::size_t passed_over_ = 0;
};

// The words of a line, between blanks and tabs.
[[nodiscard]] std::vector<std::string_view> fields_of(std::string_view line);
// "1,234,567.8" and "1_234" → a number; nullopt where text::to_double fails.
[[nodiscard]] std::optional<double> grouped_number(std::string_view text);
// A value whose unit is a time, as wall_time; nullopt when the unit is not a time.
[[nodiscard]] std::optional<double> seconds_of(double value, std::string_view unit);
[[nodiscard]] Metric wall_time();
// A part that many names share, cut at the longest name allowed, so that a hostile text costs no more than its size. A
// cut part is still too long for Table::add.
[[nodiscard]] std::string shared_part(std::string_view name);
// A benchmark's name with its parameters, as budgets can match them: "sort/n=100/kind=random". Separators within a
// value are kept, since names are only compared whole or by glob.
[[nodiscard]] std::string with_parameters(std::string name,
                                          const std::vector<std::pair<std::string, std::string>>& parameters);

// The direction that the unit implies, else the name; unknown when neither does.
[[nodiscard]] Better better_of(std::string_view metric, std::string_view unit);
// The metric of a counter that a harness reports under a name of its own: known to perfwarden, else with the direction
// that its name implies ("rows_per_second" is better higher). Never primary.
[[nodiscard]] Metric counter_metric(std::string_view name);
// A metric that the user named, with or without a unit: primary, since it was printed for perfwarden.
[[nodiscard]] Metric named_metric(std::string_view name, std::string_view spelled_unit);
// A value as spelled → in unit.base. Divides by 1e9 rather than multiply by 1e-9, which is not an exact double: one
// rounding instead of two, and 3.004 ns stays 3.004e-09.
[[nodiscard]] double to_base(double value, const Unit& unit);
// The metric of a bare value by its unit: wall_time, throughput, byte_throughput, else "value" in that unit.
[[nodiscard]] Metric metric_of_unit(const Unit& unit);

// The kernel's own accounting of a process, as metrics; counters only where they were counted.
[[nodiscard]] std::vector<std::pair<Metric, double>> accounting(const Usage& usage);
[[nodiscard]] bool is_accounting(std::string_view metric);
// The name of a benchmark that has none of its own: its case, else the program's file name, else the suite's name.
[[nodiscard]] std::string fallback_name(const Document& document);

// "^(a|b)$": just these names, as POSIX extended, ECMAScript and RE2 read it. Empty when there are no names, or too
// many for a command line.
[[nodiscard]] std::string regex_of_names(const std::vector<std::string>& names);

}  // namespace perfwarden::ingest
