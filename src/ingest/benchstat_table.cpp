#include "ingest/benchstat_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "ingest/go_units.hpp"

namespace perfwarden::ingest {
namespace {

constexpr double k_confidence = 0.95;
constexpr std::size_t k_most_rows = 100'000;

std::vector<std::string_view> table_words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (const std::string_view word : text::split(line, ' '))
    if (const std::string_view bare = text::trim(word); !bare.empty()) out.push_back(bare);
  return out;
}

// Box drawings of headings, tabs: blanks.
std::string without_frames(std::string_view line) {
  return text::replace_all(text::replace_all(text::replace_all(std::string(line), "│", " "), "|", " "), "\t", "  ");
}

// The unit of the rows below a heading, as go_metric knows it; empty when the line is not a heading.
std::string unit_of_heading(const std::vector<std::string_view>& words) {
  const std::size_t n = words.size();
  if (n >= 3 && words[n - 2] == "vs" && words[n - 1] == "base") return std::string(words[0]);
  const bool named = n >= 5 && (words[0] == "name" || words[0] == "benchmark");
  if (!named || words[1] != "old" || words[n - 1] != "delta") return "";
  std::string unit(words[2]);
  if (unit == "time/op") return "sec/op";
  if (unit == "alloc/op") return "B/op";
  if (unit == "speed") return "MB/s";
  return unit;
}

// "1.718µ", "13.6ms", "1.02k", "240": a number with whatever is written right behind it, and, for tables of ours, the
// unit in the next word.
struct TableCell {
  double value = k_nan;
  double spread = k_nan;  // ±, a fraction; NaN when none is given, infinity for ∞
};

double table_prefix_of(std::string_view prefix) {
  static constexpr std::array<std::pair<std::string_view, double>, 13> k_prefixes{{{"", 1},
                                                                                   {"n", 1e-9},
                                                                                   {"µ", 1e-6},
                                                                                   {"μ", 1e-6},
                                                                                   {"u", 1e-6},
                                                                                   {"m", 1e-3},
                                                                                   {"k", 1e3},
                                                                                   {"M", 1e6},
                                                                                   {"G", 1e9},
                                                                                   {"T", 1e12},
                                                                                   {"Ki", 1024},
                                                                                   {"Mi", 1048576},
                                                                                   {"Gi", 1073741824}}};
  const auto found =
      std::find_if(k_prefixes.begin(), k_prefixes.end(), [prefix](const auto& one) { return one.first == prefix; });
  return found == k_prefixes.end() ? k_nan : found->second;
}

double scaled_cell(double number, std::string_view suffix, const GoMetric& metric, bool bare_is_base) {
  if (suffix.empty()) return bare_is_base ? number : number * metric.unit.factor;
  if (const double prefix = table_prefix_of(suffix); !std::isnan(prefix)) return number * prefix;
  std::string_view unit = suffix;
  if (unit.ends_with("/op")) unit.remove_suffix(3);
  const Unit spelled = unit_in_words(unit);
  return spelled.base == metric.metric.unit ? number * spelled.factor : k_nan;
}

// A TableRow is read word by word: name, cell, cell, change, (p=… n=…).
class TableRow {
 public:
  TableRow(std::string_view line, const GoMetric& metric, bool bare_is_base)
      : metric_(metric), bare_is_base_(bare_is_base) {
    const std::size_t gap = line.find("  ");
    const std::string_view name = text::trim(line.substr(0, gap));
    if (line.empty() || line.front() == ' ' || name.empty()) return;
    words_ = table_words_of(line.substr(std::min(gap, line.size())));
    name_ = name;
    if (gap == std::string_view::npos) {  // one blank between all: benchcmp in a narrow terminal
      words_ = table_words_of(line);
      name_ = words_.front();
      words_.erase(words_.begin());
    }
  }

  std::optional<Comparison> read() {
    const std::optional<TableCell> base = cell();
    const std::optional<TableCell> head = base ? cell() : std::nullopt;
    if (!head || at_ >= words_.size()) return std::nullopt;
    const std::string_view change = words_[at_];
    const bool same = change == "~";
    if (!same && !(change.ends_with('%') && (change.starts_with('+') || change.starts_with('-')))) return std::nullopt;
    ++at_;
    read_test();
    return comparison(*base, *head, same);
  }

 private:
  std::optional<TableCell> cell() {
    if (at_ >= words_.size()) return std::nullopt;
    const std::string_view word = words_[at_];
    const std::size_t end = word.find_first_not_of("0123456789.,eE+-");
    const std::optional<double> number = text::to_double(text::replace_all(std::string(word.substr(0, end)), ",", ""));
    if (!number) return std::nullopt;
    ++at_;
    std::string_view suffix = end == std::string_view::npos ? std::string_view() : word.substr(end);
    const bool next_is_unit = suffix.empty() && at_ < words_.size() && words_[at_] != "±" && words_[at_] != "~" &&
                              words_[at_].find_first_of("0123456789+-(%") == std::string_view::npos;
    if (next_is_unit) suffix = words_[at_++];
    TableCell out;
    out.value = scaled_cell(*number, suffix, metric_, bare_is_base_);
    if (at_ + 1 < words_.size() && words_[at_] == "±") {
      const std::string_view spread = words_[at_ + 1];
      out.spread = spread.starts_with("∞") ? std::numeric_limits<double>::infinity()
                                           : text::to_double(spread.substr(0, spread.find('%'))).value_or(k_nan) / 100;
      at_ += 2;
      skip_marks();
    }
    return std::isnan(out.value) ? std::nullopt : std::optional(out);
  }

  // Footnotes: "¹".
  void skip_marks() {
    while (at_ < words_.size() && (words_[at_] == "¹" || words_[at_] == "²" || words_[at_] == "³")) ++at_;
  }

  void read_test() {
    skip_marks();
    for (; at_ < words_.size(); ++at_) {
      std::string_view word = words_[at_];
      if (word.starts_with('(')) word.remove_prefix(1);
      if (word.ends_with(')')) word.remove_suffix(1);
      if (word.starts_with("p=")) p_ = text::to_double(word.substr(2));
      if (!word.starts_with("n=")) continue;
      const std::string_view counts = word.substr(2);
      const std::size_t plus = counts.find('+');
      n_[0] = text::to_integer(counts.substr(0, plus)).value_or(0);
      n_[1] = plus == std::string_view::npos ? n_[0] : text::to_integer(counts.substr(plus + 1)).value_or(0);
    }
  }

  [[nodiscard]] Comparison comparison(const TableCell& base, const TableCell& head, bool same) const {
    Comparison out;
    out.id = {"default", std::string(name_), metric_.metric.name};
    out.metric = metric_.metric;
    out.design = Design::same_machine;
    out.base.n = static_cast<std::size_t>(std::max(0LL, n_[0]));
    out.head.n = static_cast<std::size_t>(std::max(0LL, n_[1]));
    out.base.median = base.value;
    out.head.median = head.value;
    out.pairs = std::min(out.base.n, out.head.n);
    out.method = "benchstat's table";
    out.strongest = Confidence::medium;
    out.ratio = base.value > 0 ? head.value / base.value : k_nan;
    out.difference = head.value - base.value;
    bound(base, head, out);
    out.p = out.p_adjusted = p_.value_or(k_nan);
    out.significance = same ? Significance::indistinct : Significance::distinct;
    if (!same) out.confidence = Confidence::medium;
    if (!p_)
      out.warnings.push_back({std::string(k_no_test),
                              "the table gives no p, so the change was judged by its size alone: benchmark each side "
                              "10 times, and let benchstat compare"});
    return out;
  }

  void bound(const TableCell& base, const TableCell& head, Comparison& out) const {
    if (!(base.spread < 1) || !std::isfinite(head.spread) || !(base.value > 0)) return;
    const double low = head.value * (1 - head.spread), high = head.value * (1 + head.spread);
    const double base_low = base.value * (1 - base.spread), base_high = base.value * (1 + base.spread);
    out.ratio_interval = out.ratio_bounds = {low / base_high, high / base_low, k_confidence};
    out.difference_interval = out.difference_bounds = {low - base_high, high - base_low, k_confidence};
    out.head_interval = {low, high, k_confidence};
  }

  const GoMetric& metric_;
  bool bare_is_base_;
  std::string_view name_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  std::optional<double> p_;
  std::array<long long, 2> n_{};
};

// "BenchmarkX  100ns/op  120ns/op  +20.00%": without any heading.
std::string unit_in_row(const std::vector<std::string_view>& words) {
  if (words.size() < 4 || !words[0].starts_with("Benchmark")) return "";
  const std::size_t unit = words[1].find_first_not_of("0123456789.");
  const bool both = unit != std::string_view::npos && unit > 0 && words[1].find('/') != std::string_view::npos &&
                    words[2].ends_with(words[1].substr(unit)) && words[3].ends_with('%');
  return both ? std::string(words[1].substr(unit)) : "";
}

}  // namespace

Result<std::optional<std::vector<Comparison>>> read_benchstat(std::string_view text, const std::string& file_name) {
  std::vector<Comparison> out;
  std::string unit;
  bool bare_is_base = false;  // a number without a prefix is in base units
  for (const std::string_view raw : text::lines(text)) {
    const std::string line = without_frames(raw);
    const std::vector<std::string_view> words = table_words_of(line);
    if (words.empty() || out.size() >= k_most_rows) continue;
    if (std::string heading = unit_of_heading(words); !heading.empty()) {
      unit = std::move(heading);
      bare_is_base = words[0] != "benchmark";
      continue;
    }
    if (words[0] == "geomean" || words[0] == "[Geo") continue;
    const std::string own = unit.empty() ? unit_in_row(words) : "";
    if (unit.empty() && own.empty()) continue;
    const GoMetric metric = go_metric(unit.empty() ? own : unit);
    if (std::optional<Comparison> row = TableRow(line, metric, bare_is_base && own.empty()).read())
      out.push_back(*std::move(row));
  }
  if (!out.empty()) return std::optional(std::move(out));
  if (unit.empty()) return std::optional<std::vector<Comparison>>();
  return Error{.kind = ErrorKind::parse,
               .what = "this looks like benchstat's table, but no row of it can be read",
               .where = file_name,
               .hint = "a row looks like `Encode-8  1.72µ ± 1%  1.42µ ± 1%  -17.20% (p=0.000 n=10)`"};
}

}  // namespace perfwarden::ingest
