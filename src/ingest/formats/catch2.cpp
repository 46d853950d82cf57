#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"
#include "ingest/xml_walk.hpp"

// Catch2 2 and 3: the XML reporter (-r xml), whose <mean> is nanoseconds, and the table of the console reporter.
// Neither gives the samples.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_catch2_cure =
    "run the tests with -r xml and the tag of the benchmarks: ./tests '[!benchmark]'";

void note_failed(Table& table, int line, std::string_view name, std::string_view why) {
  table.fail(line, name, fmt::format("failed: {}", shown(why)));
}

class XmlReader {
 public:
  explicit XmlReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY(walk_xml(
        document_.text, document_.name, [&](const XmlElement& element) { return open(element); },
        [&](std::string_view name) { close(name); }));
    table_.note_summary_only("Catch2", "the mean of each benchmark's samples", "repeat the run to know the noise");
    return table_.finish("there are no benchmark results in this XML", std::string(k_catch2_cure));
  }

 private:
  Status open(const XmlElement& element) {
    if (element.name == "TestCase" || element.name == "Section" || element.name == "BenchmarkResults")
      names_.push_back(shared_part(text::trim(element.attribute("name"))));
    if (names_.empty()) return Nothing{};
    if (element.name == "failed") note_failed(table_, element.line, path(), element.attribute("message"));
    if (element.name != "mean") return Nothing{};
    const std::string_view value = element.attribute("value");
    const auto mean = text::to_double(value);
    if (mean) return table_.add(element.line, path(), wall_time(), "ns", *mean / 1e9);
    table_.not_finite(element.line, path(), wall_time(),
                      fmt::format("the mean '{}' is not a finite number", shown(value)));
    return Nothing{};
  }

  void close(std::string_view name) {
    const bool named = name == "TestCase" || name == "Section" || name == "BenchmarkResults";
    if (named && !names_.empty()) names_.pop_back();
  }

  [[nodiscard]] std::string path() const { return text::join(names_, "/"); }

  const Document& document_;
  Table table_;
  std::vector<std::string> names_;  // of the elements that are open
};

bool is_rule(std::string_view line) {
  return line.size() >= 20 && line.find_first_not_of(line.front()) == std::string_view::npos &&
         (line.front() == '-' || line.front() == '=' || line.front() == '.');
}

bool is_catch2_header(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  return fields.size() >= 5 && fields[0] == "benchmark" && fields[1] == "name" && fields[2] == "samples" &&
         fields[3] == "iterations";
}

struct Mean {
  double seconds = 0;
  std::string unit, name_goes_on;  // the rest of a name that was broken over two lines
};

// "24.7 us  24.6 us  24.9 us": the mean and its interval.
std::optional<Mean> mean_of(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() < 6) return std::nullopt;
  const std::size_t first = fields.size() - 6;
  const auto value = text::to_double(fields[first]);
  const auto seconds = value ? seconds_of(*value, fields[first + 1]) : std::nullopt;
  if (!seconds) return std::nullopt;
  const auto before = static_cast<std::size_t>(fields[first].data() - line.data());
  return Mean{*seconds, std::string(fields[first + 1]), std::string(text::trim(line.substr(0, before)))};
}

// "… 558 us": a time at the end, so that the line may be a result.
bool ends_with_time(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  return fields.size() >= 3 && unit_in_words(fields.back()).dimension == Dimension::time &&
         text::to_double(fields[fields.size() - 2]);
}

// "fib 15    20    9    558 us": what stands before the last four fields.
std::optional<std::string> name_of_row(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() < 5) return std::nullopt;
  const std::size_t last = fields.size() - 1;
  const bool row = unit_in_words(fields[last]).dimension == Dimension::time && text::to_double(fields[last - 1]) &&
                   text::to_integer(fields[last - 2]) && text::to_integer(fields[last - 3]);
  if (!row) return std::nullopt;
  return std::string(text::trim(line.substr(0, static_cast<std::size_t>(fields[last - 3].data() - line.data()))));
}

class Catch2TextReader {
 public:
  explicit Catch2TextReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) PW_TRY(read_line(lines.line(), lines.number()));
    table_.note_long_lines(lines.passed_over());
    table_.note_summary_only("Catch2", "the mean of each benchmark's samples", "repeat the run to know the noise");
    return table_.finish("the input has no table of Catch2's benchmarks", std::string(k_catch2_cure));
  }

 private:
  // The title of a test case stands between two rules: its name, and below, indented, those of its sections.
  Status read_line(std::string_view line, int number) {
    if (is_rule(line)) {
      const bool below_header = std::exchange(header_, false);
      if (below_header) return Nothing{};
      in_title_ = line.front() == '-' && !in_title_;
      in_table_ = false;
      if (in_title_) title_.clear();
      return Nothing{};
    }
    if (in_title_) {
      read_title(line);
      return Nothing{};
    }
    if (is_catch2_header(line)) {
      in_table_ = header_ = true;
      benchmark_.clear();
      pending_.clear();
      return Nothing{};
    }
    return in_table_ ? read_row(line, number) : Nothing{};
  }

  // Catch2 breaks titles at its console's width of 80, words whole. Lines of a test case are not indented, and those
  // of its sections by two columns; what follows a ": " in a title is indented further.
  void read_title(std::string_view line) {
    constexpr std::size_t k_width = 79;
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string_view text = text::trim(line);
    const std::size_t first_word = std::min(text.find(' '), text.size());
    const bool full = title_width_ + 1 + first_word > k_width;
    const bool goes_on = !title_.empty() && (indent == 0 || indent > 2 || (full && title_indent_ == indent));
    if (goes_on && title_.back().size() < 4096)
      title_.back() += " " + std::string(text);
    else if (!goes_on && title_.size() < 64)
      title_.emplace_back(text);
    title_width_ = line.size();
    title_indent_ = indent;
  }

  // A name that is longer than its column is broken over lines, the numbers stand on the last of them.
  Status read_row(std::string_view line, int number) {
    constexpr std::string_view k_failed = "Benchmark failed";
    if (const std::size_t failed = line.find(k_failed); failed != std::string_view::npos) {
      note_failed(table_, number, path(std::string(text::trim(line.substr(0, failed)))),
                  text::trim(line.substr(failed + k_failed.size())));
      pending_.clear();
    } else if (!benchmark_.empty()) {
      std::string benchmark = std::exchange(benchmark_, "");
      if (const auto mean = mean_of(line)) {
        if (!mean->name_goes_on.empty()) benchmark += " " + mean->name_goes_on;
        spread_ = true;
        return table_.add(number, path(benchmark), wall_time(), mean->unit, mean->seconds);
      }
      table_.note(number, "bad-record",
                  fmt::format("benchmark '{}': its mean is missing; ignored", shown(path(benchmark))));
    } else if (std::exchange(spread_, false) && mean_of(line)) {
      // the standard deviation and its interval
    } else if (const auto name = name_of_row(line)) {
      benchmark_ = pending_ + (pending_.empty() || name->empty() ? "" : " ") + *name;
      pending_.clear();
    } else if (ends_with_time(line)) {
      table_.note_unread(number, line);
      pending_.clear();
    } else if (!line.empty() && line.front() != ' ' && pending_.size() < 4096) {
      pending_ += (pending_.empty() ? "" : " ") + std::string(text::trim(line));
    }
    return Nothing{};
  }

  [[nodiscard]] std::string path(const std::string& benchmark) const {
    return title_.empty() ? benchmark : text::join(title_, "/") + "/" + benchmark;
  }

  const Document& document_;
  Table table_;
  bool in_title_ = false, in_table_ = false;
  bool header_ = false;  // the table's rule is still to come
  bool spread_ = false;  // a mean was read, so that its standard deviation follows
  std::vector<std::string> title_;
  std::size_t title_width_ = 0, title_indent_ = 0;  // of its last line
  std::string pending_, benchmark_;
};

Result<Reading> read_catch2(const Document& document) {
  const bool xml = text::trim(document.text.substr(0, 4096)).starts_with('<');
  return xml ? XmlReader(document).run() : Catch2TextReader(document).run();
}

int sniff_catch2(std::string_view head) {
  const std::string_view start = text::trim(head);
  if (start.starts_with('<')) {
    const bool catch2 =
        start.find("<Catch2TestRun") != std::string_view::npos ||
        (start.find("<Catch") != std::string_view::npos && start.find("<TestCase") != std::string_view::npos);
    return catch2 ? 80 : 0;
  }
  Lines lines(head);
  bool header = false;
  while (lines.next()) {
    header = header || is_catch2_header(lines.line());
    if (header && name_of_row(lines.line())) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_catch2{
    .name = "catch2",
    .summary = "Catch2's BENCHMARK: the XML reporter (-r xml) or the console's table; the mean, one value a run",
    .sniff = sniff_catch2,
    .read = read_catch2,
    .how = "run it with -r xml, and tag or name the benchmarks so that they run"};

}  // namespace perfwarden::ingest
