#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/read/builder.hpp"
#include "profile/write/pprof_units.hpp"

// What `go tool pprof -top` and -text print: costs of functions, rounded, and no stacks. The heading states the total,
// of which the table may show only a part.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_pprof_text_cure = "give the .pb.gz file itself, or what `go tool pprof -top FILE` prints";

const re2::RE2& row_pattern() {
  static const re2::RE2 pattern(
      R"(^\s*(-?[0-9.]+)(\S*)\s+\S+%\s+\S+%\s+(-?[0-9.]+)(\S*)\s+\S+%\s\s(.+?)(?: \((?:partial-)?inline\))?$)");
  return pattern;
}

constexpr std::string_view k_not_shown = "<functions that the table does not show>";

// "Showing nodes accounting for 600s, 60.00% of 1000s total"
const re2::RE2& total_pattern() {
  static const re2::RE2 pattern(R"(^Showing nodes accounting for .* of ([0-9.]+)(\S*) total\s*$)");
  return pattern;
}

bool is_table_head(std::string_view line) {
  static const re2::RE2 pattern(R"(^\s+flat\s+flat%\s+sum%\s+cum\s+cum%$)");
  return re2::RE2::FullMatch(re2::StringPiece(line.data(), line.size()), pattern);
}

// The unit in which all costs of a family are kept. Columns of one table may be printed in several.
std::string base_unit(std::string_view unit) {
  const std::string name = scaled(1, unit, "nanoseconds").unit;
  if (name == "ns") return "nanoseconds";
  if (name == "B") return "bytes";
  return name == "GCU" ? name : std::string(unit);
}

class PprofTextReader {
 public:
  explicit PprofTextReader(const Document& document) : document_(document), builder_(document, k_pprof_text_cure) {}

  Result<Profile> run() {
    bool in_table = false;
    std::size_t number = 0;
    for (const std::string_view line : text::lines(document_.text)) {
      ++number;
      if (!in_table) {
        in_table = is_table_head(line);
        if (!in_table) take_heading(line);
      } else if (!text::trim(line).empty()) {
        PW_TRY(take_row(line, number));
      }
    }
    add_what_is_not_shown();
    if (!in_table) return builder_.error("there is no line `flat flat% sum% cum cum%`");
    PW_TRY(builder_.add_type({type_.empty() ? "samples" : type_, unit_.value_or("")}));
    builder_.note("rounded", "pprof's text has rounded numbers and no stacks: small changes cannot be seen in it");
    return builder_.finish();
  }

 private:
  // So that shares are of the profile and not of the rows that happen to be shown.
  void add_what_is_not_shown() {
    if (!total_ || !unit_ || base_unit(total_->second) != *unit_) return;
    const double total = scaled(total_->first, total_->second, *unit_).value;
    const double rest = total - shown_;
    constexpr double k_rounding = 5e-3;  // of a total that is printed with three digits
    if (!(rest > k_rounding * total)) return;
    FunctionCost cost;
    cost.frame = builder_.frame(k_not_shown);
    cost.self = {rest};
    cost.total = {rest};
    builder_.profile.functions.push_back(std::move(cost));
    builder_.note("cut-table",
                  fmt::format("the table shows {:.3g} % of its total; the rest is one row: print all of it "
                              "with `go tool pprof -top -nodecount=0 -nodefraction=0`",
                              shown_ / total * 100));
  }

  void take_heading(std::string_view line) {
    std::string number, unit;
    if (re2::RE2::FullMatch(re2::StringPiece(line.data(), line.size()), total_pattern(), &number, &unit))
      if (const auto value = text::to_double(number)) total_ = {*value, unit};
    if (line.starts_with("Type: ")) type_ = text::trim(line.substr(6));
    if (line.starts_with("File: ")) builder_.profile.program = text::trim(line.substr(6));
  }

  Status take_row(std::string_view line, std::size_t number) {
    std::string self, self_unit, total, total_unit, name;
    if (!re2::RE2::FullMatch(re2::StringPiece(line.data(), line.size()), row_pattern(), &self, &self_unit, &total,
                             &total_unit, &name))
      return builder_.error("this is not a row of pprof's table", fmt::format("{}", number));
    FunctionCost cost;
    cost.frame = builder_.frame(name);
    PW_TRY_ASSIGN(const double self_cost, value(self, self_unit, number));
    PW_TRY_ASSIGN(const double total_cost, value(total, total_unit, number));
    shown_ += self_cost;
    cost.self = {self_cost};
    cost.total = {total_cost};
    builder_.profile.functions.push_back(std::move(cost));
    return Nothing{};
  }

  Result<double> value(const std::string& number, const std::string& unit, std::size_t line) {
    const auto parsed = text::to_double(number);
    if (!parsed) return builder_.error("a cost is not a number", fmt::format("{}", line));
    if (*parsed == 0) return 0.0;
    const std::string base = base_unit(unit);
    if (!unit_) unit_ = base;
    if (*unit_ != base) return builder_.error("costs are in units of different kinds", fmt::format("{}", line));
    return std::round(scaled(*parsed, unit, base).value * 1e6) / 1e6;  // 0.1 ms are 100000 ns, not 100000.00000000001
  }

  const Document& document_;
  Builder builder_;
  std::string type_;
  std::optional<std::string> unit_;
  std::optional<std::pair<double, std::string>> total_;  // as the heading states it
  double shown_ = 0;                                     // the sum of the rows' own costs
};

Result<Profile> read_pprof_text(const Document& document) {
  return PprofTextReader(document).run();
}

int sniff_pprof_text(std::string_view head) {
  const std::vector<std::string_view> lines = text::lines(head);
  return std::any_of(lines.begin(), lines.end(), is_table_head) ? 95 : 0;
}

}  // namespace

extern const Format k_format_pprof_text{"pprof-text", "What `go tool pprof -top` prints: functions, no stacks",
                                        sniff_pprof_text, read_pprof_text};

}  // namespace perfwarden::profile
