#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/go_test_json.hpp"
#include "ingest/go_units.hpp"
#include "ingest/limits.hpp"
#include "ingest/parts.hpp"
#include "ingest/samples.hpp"
#include "json/tree.hpp"

// The text of `go test -bench`, also within the events of -json: golang.org/design/14313-benchmark-format.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_word = "Benchmark";

// Go's own names go on with anything but a lower-case letter.
bool is_benchmark_name(std::string_view word) {
  if (!word.starts_with(k_word)) return false;
  return word.size() == k_word.size() || word[k_word.size()] < 'a' || word[k_word.size()] > 'z';
}

bool is_count(std::string_view field) {
  const auto count = text::to_integer(field);
  return count && *count >= 0;
}

// value unit [value unit …], as the testing package prints it after the iteration count.
bool are_measurements(const std::vector<std::string_view>& fields, std::size_t from) {
  if (fields.size() < from + 2 || (fields.size() - from) % 2 != 0) return false;
  const std::string_view first = fields[from];
  const std::string word = text::lower(first.substr(first.find_first_not_of("+-") == 1 ? 1 : 0));
  return text::to_double(first).has_value() || word == "nan" || word == "inf";
}

// A whole result. Other tools print names with a lower-case letter too ("Benchmarkbuild_size"), and words between.
bool is_result(const std::vector<std::string_view>& fields) {
  return fields.size() >= 4 && fields[0].starts_with(k_word) && is_count(fields[1]) && are_measurements(fields, 2) &&
         !text::to_double(fields[3]);
}

// The "8" of the "-8" that the testing package appends for GOMAXPROCS; empty when the name has none.
std::string_view processors_of(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view digits = name.substr(dash + 1);
  const bool number = !digits.empty() && digits.size() <= 5 && digits.front() != '0' &&
                      digits.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? digits : std::string_view{};
}

// "key: value" of a configuration line: the key begins with a lower-case letter and has no blank and no capital.
std::optional<Qualifier> configuration_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line[0] < 'a' || line[0] > 'z') return std::nullopt;
  const std::string_view key = line.substr(0, colon);
  const bool bad =
      std::any_of(key.begin(), key.end(), [](char c) { return c == ' ' || c == '\t' || (c >= 'A' && c <= 'Z'); });
  if (bad || key.size() > 64) return std::nullopt;
  return Qualifier{std::string(key), std::string(text::trim(line.substr(colon + 1)))};
}

struct Line {
  int number = 0;
  std::string name, package, processors;
  std::vector<Qualifier> configuration;                // keys of the user's own
  std::vector<std::pair<double, std::string>> values;  // (value, unit as spelled)
};

// What a line "Unit hits/s better=higher assume=exact" declares.
struct Declared {
  std::optional<Better> better;
  bool exact = false;
};

class GoBenchReader {
 public:
  explicit GoBenchReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    if (is_go_test_json(document_.text)) {
      for (const GoPackageOutput& output : unwrapped_go_test(document_.text)) {
        package_.clear();
        interrupted_.clear();
        read_text(output.text, output.numbers);
      }
    } else {
      read_text(document_.text, {});
    }
    keep_what_varies();
    for (const Line& line : found_) PW_TRY(add(line));
    return table_.finish("no line reads like the result of a Go benchmark",
                         "run `go test -run '^$' -bench .`; a line looks like `BenchmarkName-8  1000  1234 ns/op`");
  }

 private:
  // numbers: of the text's lines in the document; empty: they are those of the text.
  void read_text(std::string_view text, const std::vector<int>& numbers) {
    Lines lines(text);
    while (lines.next() && found_.size() < k_max_values) {
      const auto at = static_cast<std::size_t>(lines.number() - 1);
      read_line(lines.line(), at < numbers.size() ? numbers[at] : lines.number());
    }
    table_.note_long_lines(lines.passed_over());
  }

  void read_line(std::string_view line, int number) {
    if (note_failure(line, number) || read_configuration(line)) return;
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.empty()) return;
    if (fields[0] == "Unit" && fields.size() >= 3) return declare(fields, number);
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    if (!indented && is_result(fields)) return take(fields[0], fields, 2, number);
    if (!indented && is_benchmark_name(fields[0])) {
      interrupted_ = fields[0];  // the name is printed before the benchmark runs: its own output may come between
      const std::string_view after = text::trim(line.substr(fields[0].size()));
      if (note_failure(after, number)) return;
      if (fields.size() >= 3 && is_count(fields[1]) && fields[2].find_first_of("0123456789") == 0)
        table_.note_unread(number, line);
      return;
    }
    if (interrupted_.empty() || fields.size() < 3 || !is_count(fields[0]) || !are_measurements(fields, 1)) return;
    const std::string name = std::exchange(interrupted_, "");
    take(name, fields, 1, number);
  }

  // A benchmark may print "key: value" too. So a block of such lines counts only where an empty line ends it, or where
  // one of its keys is Go's own.
  bool read_configuration(std::string_view line) {
    if (text::trim(line).empty()) {
      for (const Qualifier& one : pending_) configuration_[one.key] = one.value;
      pending_.clear();
      return true;
    }
    const auto one = configuration_of(line);
    if (!one) {
      pending_.clear();
      return false;
    }
    const bool own = one->key == "goos" || one->key == "goarch" || one->key == "cpu" || one->key == "pkg";
    if (one->key == "pkg") package_ = one->value;
    if (!own && pending_.size() < k_max_qualifiers && configuration_.size() < k_max_qualifiers)
      pending_.push_back(*one);
    return own || interrupted_.empty();
  }

  void declare(const std::vector<std::string_view>& fields, int number) {
    Declared& declared = declared_[std::string(fields[1])];
    for (std::size_t i = 2; i < fields.size(); ++i) {
      if (fields[i] == "better=lower")
        declared.better = Better::lower;
      else if (fields[i] == "better=higher")
        declared.better = Better::higher;
      else if (fields[i] == "assume=exact")
        declared.exact = true;
      else if (fields[i] != "assume=nothing")
        table_.note(number, "unread-line",
                    fmt::format("'{}' is not known of a unit; ignored: better=lower, better=higher, assume=exact and "
                                "assume=nothing are",
                                shown(fields[i])));
    }
  }

  bool note_failure(std::string_view line, int number) {
    if (line.starts_with("--- FAIL: ")) {
      const std::vector<std::string_view> words = fields_of(line.substr(10));
      const Line parts = parts_of(words.empty() ? std::string_view{} : words.front());
      table_.qualify(qualifiers_of(parts));
      table_.fail(number, parts.name, "failed");
    } else if (line.starts_with("panic: ")) {
      table_.fail(number, "", fmt::format("the Go program stopped: {}", shown(line)));
    } else if (line == "FAIL" && failed_) {
      return true;  // the line before said which
    } else if (line.starts_with("FAIL\t") || line == "FAIL") {
      const std::string what =
          fmt::format("`go test` reports a failure: {}", shown(text::replace_all(std::string(line), "\t", " ")));
      if (failed_)
        table_.note(number, "benchmark-failed", what);  // the line before said which
      else
        table_.fail(number, "", what);
    } else {
      return false;
    }
    interrupted_.clear();
    failed_ = true;
    return true;
  }

  [[nodiscard]] Line parts_of(std::string_view name) const {
    Line line;
    line.processors = processors_of(name);
    line.name = name.substr(0, name.size() - (line.processors.empty() ? 0 : line.processors.size() + 1));
    line.package = package_;
    for (const auto& [key, value] : configuration_) line.configuration.push_back({key, value});
    return line;
  }

  [[nodiscard]] static std::vector<Qualifier> qualifiers_of(const Line& line) {
    std::vector<Qualifier> out;
    if (!line.package.empty()) out.push_back({"package", line.package});
    out.insert(out.end(), line.configuration.begin(), line.configuration.end());
    if (is_benchmark_name(line.name)) out.push_back({"procs", line.processors});  // not of other tools' names
    return out;
  }

  void take(std::string_view name, const std::vector<std::string_view>& fields, std::size_t from, int number) {
    interrupted_.clear();
    Line line = parts_of(name);
    line.number = number;
    std::vector<std::pair<std::string_view, std::string_view>> bad;  // (unit, value)
    for (std::size_t i = from; i + 1 < fields.size(); i += 2) {
      if (const auto value = text::to_double(fields[i]))
        line.values.emplace_back(*value, fields[i + 1]);
      else
        bad.emplace_back(fields[i + 1], fields[i]);
    }
    if (!bad.empty()) table_.qualify(qualifiers_of(line));
    for (const auto& [unit, value] : bad)
      table_.not_finite(number, line.name, go_metric(unit).metric, fmt::format("{} is {}", shown(unit), shown(value)));
    found_.push_back(std::move(line));
  }

  // A key that every result of the document has alike tells nothing apart, and may differ from run to run.
  void keep_what_varies() {
    std::map<std::string, std::set<std::string>> values;
    for (const Line& line : found_)
      for (const Qualifier& one : line.configuration) values[one.key].insert(one.value);
    for (const Line& line : found_)
      for (auto& [key, seen] : values)
        if (std::none_of(line.configuration.begin(), line.configuration.end(),
                         [&key = key](const Qualifier& one) { return one.key == key; }))
          seen.insert("");
    for (Line& line : found_)
      std::erase_if(line.configuration, [&](const Qualifier& one) { return values[one.key].size() < 2; });
  }

  Status add(const Line& line) {
    table_.qualify(qualifiers_of(line));
    for (const auto& [value, unit] : line.values) {
      GoMetric row = go_metric(unit);
      if (const auto declared = declared_.find(unit); declared != declared_.end()) {
        row.metric.better = declared->second.better.value_or(row.metric.better);
        row.metric.deterministic = row.metric.deterministic || declared->second.exact;
      }
      PW_TRY(table_.add(line.number, line.name, std::move(row.metric), unit, to_base(value, row.unit)));
    }
    return Nothing{};
  }

  const Document& document_;
  Table table_;
  std::string package_, interrupted_;
  bool failed_ = false;
  std::vector<Qualifier> pending_;                    // of a block that has not ended
  std::map<std::string, std::string> configuration_;  // of what follows
  std::map<std::string, Declared> declared_;          // by unit
  std::vector<Line> found_;
};

Result<Reading> read_go_bench(const Document& document) {
  return GoBenchReader(document).run();
}

int sniff_go_bench(std::string_view head) {
  if (json::find_object(head, "context") || looks_like_samples(head)) return 0;
  const auto holds_result = [](std::string_view text) {
    Lines lines(text);
    while (lines.next())
      if (lines.line().starts_with(k_word) && is_result(fields_of(lines.line()))) return true;
    return false;
  };
  if (!is_go_test_json(head)) return holds_result(head) ? 80 : 0;
  const std::vector<GoPackageOutput> outputs = unwrapped_go_test(head);
  return std::any_of(outputs.begin(), outputs.end(), [&](const auto& one) { return holds_result(one.text); }) ? 80 : 0;
}

// -bench chooses level by level of the name; the first is enough. The last -bench counts. Names that were qualified by
// their package, or kept a number of processors, depend on what runs beside them.
std::vector<std::string> only_go_bench(const std::vector<std::string>& argv,
                                       const std::vector<std::string>& benchmarks) {
  std::string flag;
  for (const std::string& word : argv) {
    if (word == "-args" || word == "--args") return {};
    for (const std::string_view known : {"-bench", "-test.bench"})
      if (word == known || word.starts_with(std::string(known) + "=")) flag = known;
  }
  std::set<std::string> first;
  for (const std::string& name : benchmarks) {
    if (!is_benchmark_name(name) || !processors_of(name).empty()) return {};
    first.insert(name.substr(0, name.find('/')));
  }
  const std::string pattern = regex_of_names({first.begin(), first.end()});
  if (flag.empty() || pattern.empty()) return {};
  return {flag + "=" + pattern};
}

}  // namespace

extern const Format k_format_go_bench{
    .name = "go-bench",
    .summary =
        "go test -bench, also with -json: ns/op, B/op, allocs/op, MB/s and testing.B.ReportMetric units; -count gives "
        "repetitions",
    .sniff = sniff_go_bench,
    .read = read_go_bench,
    .only = only_go_bench,
    .how = "run it with -bench .",
    .for_people = "\nok  \t"};

}  // namespace perfwarden::ingest
