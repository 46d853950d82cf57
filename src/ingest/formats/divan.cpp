#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/cargo_target.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"
#include "model/series.hpp"
#include "model/unit.hpp"

// The tree of Rust's divan (its tree_painter.rs, 0.1). A row is a name behind its branches, and six cells:
//
//   sort            fastest       │ slowest       │ median        │ mean          │ samples │ iters
//   ├─ by_key                     │               │               │               │         │
//   │  ├─ 64        1.069 µs      │ 1.263 µs      │ 1.075 µs      │ 1.077 µs      │ 100     │ 400
//   │  │            59.8 MB/s     │ 50.6 MB/s     │ 59.5 MB/s     │ 59.4 MB/s     │         │
//
// Rows of a benchmark's counters and allocations follow it, without a name. A name is printed before its benchmark
// runs, so what the benchmark prints itself may stand between the two.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_divan_bar = "│";
constexpr std::array<std::string_view, 2> k_branches{"├─ ", "╰─ "};
constexpr std::size_t k_columns = 6;
struct Divan {
  enum Column : std::size_t { fastest, slowest, median, mean, samples, iters };
};

struct DivanRow {
  std::size_t depth = 0;  // from 1; 0: the row has no name
  std::string_view name;
  bool has_cells = false;  // no: a name whose benchmark prints something itself, or a line of something else
  std::array<std::string_view, k_columns> cells;  // trimmed
  [[nodiscard]] bool is_title() const { return cells[Divan::samples] == "samples" && cells[Divan::iters] == "iters"; }
  [[nodiscard]] bool is_result() const { return !cells[Divan::samples].empty() && !cells[Divan::iters].empty(); }
};

// Where the name begins, behind "│  ╰─ "; nullopt for a row without a branch.
std::optional<std::size_t> name_at(std::string_view line, std::size_t& depth) {
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view rest = line.substr(at);
    ++depth;
    for (const std::string_view branch : k_branches)
      if (rest.starts_with(branch)) return at + branch.size();
    if (rest.starts_with("│  "))
      at += k_divan_bar.size() + 2;
    else if (rest.starts_with("   "))
      at += 3;
    else
      break;
  }
  depth = 0;
  return std::nullopt;
}

// The name may hold bars and blanks: cells are taken from the right, and two blanks or more stand before the first.
DivanRow divan_row(std::string_view line) {
  DivanRow row;
  const auto begin = name_at(line, row.depth);
  std::string_view rest = line.substr(begin.value_or(0));
  std::size_t bars = 0;
  for (std::size_t column = k_columns - 1; column > 0; --column, ++bars) {
    const std::size_t bar = rest.rfind(k_divan_bar);
    if (bar == std::string_view::npos) break;
    row.cells[column] = text::trim(rest.substr(bar + k_divan_bar.size()));
    rest = rest.substr(0, bar);
  }
  row.has_cells = bars == k_columns - 1;
  if (!row.has_cells) {
    row.cells = {};
    if (begin) row.name = text::trim(line.substr(*begin, line.find("  ", *begin) - *begin));
    return row;
  }
  if (!begin && !row.is_title()) {
    const std::size_t bar = rest.rfind(k_divan_bar);
    row.cells[Divan::fastest] =
        text::trim(bar == std::string_view::npos ? rest : rest.substr(bar + k_divan_bar.size()));
    return row;
  }
  rest = text::trim(rest);
  const std::size_t gap = rest.rfind("  ");
  const bool has_value = row.is_result() || rest.ends_with("(ignored)");
  row.name = has_value && gap != std::string_view::npos ? text::trim(rest.substr(0, gap)) : rest;
  row.cells[Divan::fastest] = text::trim(rest.substr(row.name.size()));
  return row;
}

std::optional<double> divan_seconds(std::string_view cell) {
  const std::vector<std::string_view> fields = fields_of(cell);
  if (fields.size() != 2) return std::nullopt;
  const auto value = text::to_double(fields[0]);
  if (!value) return std::nullopt;
  if (fields[1] == "m") return *value * 60;  // which elsewhere is a thousandth or a metre
  return seconds_of(*value, fields[1]);
}

// "3.7 GB/s", "1.5 KiB", "24 Kitem/s" in bytes and in items.
struct Amount {
  double value = 0;
  std::string_view unit;
  bool is_bytes = false;
};
std::optional<Amount> amount_of(std::string_view cell) {
  const std::vector<std::string_view> fields = fields_of(cell);
  if (fields.size() != 2) return std::nullopt;
  const auto value = text::to_double(fields[0]);
  if (!value) return std::nullopt;
  if (fields[1].ends_with("item/s")) {
    constexpr std::string_view k_prefixes = "KMGTP";
    double scale = 1;
    if (const std::string_view prefix = fields[1].substr(0, fields[1].size() - 6); !prefix.empty()) {
      const std::size_t power = k_prefixes.find(prefix);
      if (prefix.size() != 1 || power == std::string_view::npos) return std::nullopt;
      for (std::size_t i = 0; i <= power; ++i) scale *= 1000;
    }
    return Amount{*value * scale, fields[1], false};
  }
  const Unit unit = unit_of(fields[1]);
  if (unit.base != "B" && unit.base != "B/s") return std::nullopt;
  return Amount{to_base(*value, unit), fields[1], true};
}

class DivanReader {
 public:
  explicit DivanReader(const Document& document) : document_(document), table_(document, Repeats::another_benchmark) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) PW_TRY(read_line(lines.line(), lines.number()));
    end_benchmark(lines.number());
    table_.note_long_lines(lines.passed_over());
    if (!table_.measurements().empty())
      table_.note_summary_only("divan", "the median of each benchmark's samples",
                               "repeat the run to know the noise, or use criterion, which gives all samples");
    return table_.finish("no row reads like the result of a divan benchmark",
                         "run it with `cargo bench`; a row looks like "
                         "`├─ sort  1.069 µs │ 1.263 µs │ 1.075 µs │ 1.077 µs │ 100 │ 400`");
  }

 private:
  Status read_line(std::string_view line, int number) {
    if (target_.read(line)) {
      end_benchmark(number);
      return Nothing{};
    }
    const DivanRow row = divan_row(line);
    if (row.is_title()) {
      begin_tree(row.name, number);
      return Nothing{};
    }
    if (row.depth > path_.size() + 1) return Nothing{};  // not of a tree
    if (row.depth > 0) {
      end_benchmark(number);
      path_.resize(row.depth - 1);
      path_.push_back(path_.empty() ? shared_part(row.name) : shared_part(path_.back() + "/" + std::string(row.name)));
      awaited_ = !row.has_cells || row.is_result();  // else a parent, or an ignored benchmark
    }
    if (row.is_result()) return add_times(row, number);
    if (row.depth == 0 && row.has_cells && has_result_) return add_extra(row, number);
    return Nothing{};
  }

  // Cargo names a target on standard error, which may be elsewhere. Its tree begins with the same name.
  void begin_tree(std::string_view name, int number) {
    end_benchmark(number);
    path_.clear();
    std::vector<Qualifier> qualifiers = target_.qualifiers();
    if (qualifiers.empty()) qualifiers.push_back({"target", shared_part(name)});
    process_ = target_.process() ? target_.process() : runs_[std::string(name)]++;
    table_.qualify(std::move(qualifiers));
  }

  Status add_times(const DivanRow& row, int number) {
    if (!std::exchange(awaited_, false)) {
      if (divan_seconds(row.cells[Divan::median])) table_.note_unread(number, row.cells[Divan::median]);
      return Nothing{};
    }
    benchmark_ = path_.back();
    const auto seconds = divan_seconds(row.cells[Divan::median]);
    if (!seconds) {
      table_.not_finite(number, benchmark_, wall_time(),
                        fmt::format("'{}' is not a time", shown(row.cells[Divan::median])));
      return Nothing{};
    }
    has_result_ = true;
    section_.clear();
    return table_.add(number, benchmark_, wall_time(),
                      row.cells[Divan::median].substr(row.cells[Divan::median].rfind(' ') + 1), *seconds, process_);
  }

  // A row below a result: a rate, "alloc:", or one of the two rows after that, a count and a size.
  Status add_extra(const DivanRow& row, int number) {
    if (row.cells[Divan::fastest].ends_with(':')) {
      section_ = row.cells[Divan::fastest];
      rows_of_section_ = 0;
      return Nothing{};
    }
    const std::string_view cell = row.cells[Divan::median];
    if (!section_.empty()) {
      const std::size_t nth = ++rows_of_section_;
      if (section_ != "alloc:" || nth > 2) return Nothing{};
      if (nth == 1) return add_metric("allocations", "1", text::to_double(cell), number);
      const auto size = amount_of(cell);
      return add_metric("allocated_bytes", "B", size ? std::optional(size->value) : std::nullopt, number);
    }
    if (const auto rate = amount_of(cell))
      return add_metric(rate->is_bytes ? "byte_throughput" : "throughput", rate->unit, rate->value, number);
    return Nothing{};
  }

  Status add_metric(std::string_view metric, std::string_view unit, std::optional<double> value, int number) {
    auto known = known_metric(metric);
    if (!value || !known) return Nothing{};
    known->primary = false;
    return table_.add(number, benchmark_, *known, unit, *value, process_);
  }

  // A name whose result never came: the benchmark ended the program.
  void end_benchmark(int number) {
    if (std::exchange(awaited_, false)) table_.fail(number, path_.back(), "divan printed its name and no result");
    has_result_ = false;
  }

  const Document& document_;
  Table table_;
  CargoTarget target_;
  std::vector<std::string> path_;  // the last row's whole name, and those of the rows above it
  bool awaited_ = false;           // the result of path_
  bool has_result_ = false;        // rows without a name belong to benchmark_
  std::string benchmark_, section_;
  std::map<std::string, std::uint32_t> runs_;  // of each tree, where cargo does not count them
  std::optional<std::uint32_t> process_;
  std::size_t rows_of_section_ = 0;
};

Result<Reading> read_divan(const Document& document) {
  return DivanReader(document).run();
}

int sniff_divan(std::string_view head) {
  constexpr std::array<std::string_view, k_columns> k_titles{"fastest", "slowest", "median",
                                                             "mean",    "samples", "iters"};
  Lines lines(head);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (!line.ends_with(k_titles[Divan::iters])) continue;
    const DivanRow row = divan_row(line);
    if (std::equal(k_titles.begin(), k_titles.end(), row.cells.begin())) return 90;
  }
  return 0;
}

}  // namespace

extern const Format k_format_divan{
    .name = "divan",
    .summary = "the tree that Rust's divan prints: the median, rates, allocations; one value a run",
    .sniff = sniff_divan,
    .read = read_divan};

}  // namespace perfwarden::ingest
