#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/cargo_target.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"

// The text of Rust's own `cargo bench` (library/test): "test sort ... bench:   11,764.31 ns/iter (+/- 102.4) = 2785
// MB/s". The time is the median of its samples. Forks of the harness measure in other units ("cycles/iter"). What a
// benchmark prints itself (--nocapture) stands between "..." and "bench:".
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_bench = "bench:";
constexpr std::string_view k_dots = " ... ";

struct LibtestResult {
  std::string_view value, unit, throughput;
};

// What follows "bench:".
std::optional<LibtestResult> result_of_libtest(std::string_view text) {
  text = text::trim(text);
  const std::size_t iter = text.find("/iter");
  if (iter == std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> fields = fields_of(text.substr(0, iter));
  if (fields.size() != 2) return std::nullopt;
  LibtestResult out{fields[0], fields[1], {}};
  const std::size_t equals = text.find(" = ", iter);
  if (equals != std::string_view::npos && text.ends_with(" MB/s"))
    out.throughput = text::trim(text.substr(equals + 3, text.size() - equals - 8));
  return out;
}

// "test NAME ... what follows"; nullopt for other lines.
struct LibtestLine {
  std::string_view name, rest;
};
std::optional<LibtestLine> line_of_libtest(std::string_view line) {
  line = text::trim(line);
  if (!line.starts_with("test ") || line.starts_with("test result:")) return std::nullopt;
  const bool open = line.ends_with(" ...");
  const std::size_t dots = open ? line.size() - 4 : line.find(k_dots);
  if (dots == std::string_view::npos || dots <= 5) return std::nullopt;
  return LibtestLine{text::trim(line.substr(5, dots - 5)), open ? "" : text::trim(line.substr(dots + k_dots.size()))};
}

Metric metric_of_libtest(std::string_view unit) {
  if (unit_in_words(unit).dimension == Dimension::time) return wall_time();
  Metric metric = named_metric(unit, "");
  if (metric.better == Better::unknown) metric.better = Better::lower;  // so much is spent on one iteration
  return metric;
}

class LibtestReader {
 public:
  explicit LibtestReader(const Document& document)
      : document_(document), table_(document, Repeats::another_benchmark) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) PW_TRY(read_line(lines.line(), lines.number()));
    check_end(lines.number());
    table_.note_long_lines(lines.passed_over());
    table_.note_summary_only("cargo bench", "the median of each benchmark's samples",
                             "repeat the run to know the noise, or use criterion, which gives all samples");
    return table_.finish("no line reads like the result of cargo bench",
                         "a line looks like `test sort ... bench:  11,764.31 ns/iter (+/- 102.4)`");
  }

 private:
  Status read_line(std::string_view line, int number) {
    if (target_.read(line)) {
      table_.qualify(target_.qualifiers());
      return Nothing{};
    }
    if (line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test"))) {
      check_end(number);
      awaited_ = text::to_integer(fields_of(line)[1]).value_or(0);
    }
    if (line.starts_with("test result:")) {
      awaited_ = 0;
      check_count(line, number);
      return Nothing{};
    }
    if (const auto row = line_of_libtest(line)) {
      --awaited_;
      open_ = row->name;
      line = row->rest;
      if (line == "FAILED") table_.fail(number, open_, "failed");
      if (line == "ok" || line == "FAILED" || line.starts_with("ignored")) open_.clear();
    }
    const std::size_t bench = line.rfind(k_bench);
    if (bench == std::string_view::npos) return Nothing{};
    const auto result = result_of_libtest(line.substr(bench + k_bench.size()));
    if (!result || open_.empty()) {
      if (line.find("/iter", bench) != std::string_view::npos) table_.note_unread(number, line);
      return Nothing{};
    }
    const std::string name = std::exchange(open_, "");
    return add(name, *result, number);
  }

  Status add(const std::string& name, const LibtestResult& result, int number) {
    ++read_;
    const auto value = grouped_number(result.value);
    if (!value) {
      table_.not_finite(number, name, metric_of_libtest(result.unit),
                        fmt::format("'{}' is not a finite number", shown(result.value)));
      return Nothing{};
    }
    const Unit unit = unit_in_words(result.unit);
    const bool time = unit.dimension == Dimension::time;
    PW_TRY(table_.add(number, name, metric_of_libtest(result.unit), fmt::format("{}/iter", result.unit),
                      time ? to_base(*value, unit) : *value, target_.process()));
    if (const auto bytes = grouped_number(result.throughput))
      return table_.add(number, name, known_metric("byte_throughput").value_or(Metric{}), "MB/s", *bytes * 1e6,
                        target_.process());
    return Nothing{};
  }

  // "test result: ok. 0 passed; 0 failed; 0 ignored; 2 measured; 0 filtered out": the harness counts too.
  void check_count(std::string_view line, int number) {
    const std::size_t end = line.find(" measured");
    const std::size_t begin = end == std::string_view::npos ? end : line.rfind(' ', end - 1);
    const std::size_t read = std::exchange(read_, 0);
    if (begin == std::string_view::npos) return;
    const auto measured = text::to_integer(line.substr(begin + 1, end - begin - 1));
    if (!measured || *measured <= 0 || static_cast<std::size_t>(*measured) <= read) return;
    table_.note(number, "unread-line",
                fmt::format("cargo bench measured {} benchmarks and {} of them could be read: look for lines with "
                            "`bench:` above",
                            *measured, read));
  }

  // "running 3 tests" is a promise: without the trailer and with fewer of them, the program stopped or the text is cut.
  void check_end(int number) {
    const auto missing = std::exchange(awaited_, 0);
    if (missing > 0)
      table_.fail(number, "",
                  fmt::format("the output of cargo bench ends with {} of its tests still to come", missing));
  }

  const Document& document_;
  Table table_;
  CargoTarget target_;
  long long awaited_ = 0;  // tests that "running 3 tests" announced and that are still to come
  std::string open_;       // the benchmark whose result is still to come
  std::size_t read_ = 0;   // results since the last trailer
};

Result<Reading> read_libtest(const Document& document) {
  return LibtestReader(document).run();
}

int sniff_libtest(std::string_view head) {
  Lines lines(head);
  bool open = false;
  while (lines.next()) {
    const auto row = line_of_libtest(lines.line());
    open = open || row;
    const std::string_view line = row ? row->rest : lines.line();
    const std::size_t bench = open ? line.rfind(k_bench) : std::string_view::npos;
    if (bench == std::string_view::npos) continue;
    const auto result = result_of_libtest(line.substr(bench + k_bench.size()));
    if (result && grouped_number(result->value)) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_libtest{
    .name = "libtest",
    .summary =
        "Rust's own cargo bench, test sort ... bench: 11,764 ns/iter (+/- 102): the median, MB/s; one value a run",
    .sniff = sniff_libtest,
    .read = read_libtest};

}  // namespace perfwarden::ingest
