#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/read/builder.hpp"
#include "profile/write/pprof_units.hpp"

// What `go tool pprof -top` and -text print: costs of functions, rounded, and no stacks.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_pprof_text_cure = "give the .pb.gz file itself, or what `go tool pprof -top FILE` prints";

const re2::RE2& row_pattern() {
  static const re2::RE2 pattern(
      R"(^\s*(-?[0-9.]+)(\S*)\s+\S+%\s+\S+%\s+(-?[0-9.]+)(\S*)\s+\S+%\s\s(.+?)(?: \((?:partial-)?inline\))?$)");
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
        if (!in_table) take_heading(line, number);
      } else if (!text::trim(line).empty()) {
        PW_TRY(take_row(line, number));
      }
    }
    if (!in_table) return builder_.error("there is no line `flat flat% sum% cum cum%`");
    PW_TRY(builder_.add_type({type_.empty() ? "samples" : type_, unit_.value_or("")}));
    PW_TRY(take_total());
    builder_.note("rounded", "pprof's text has rounded numbers and no stacks: small changes cannot be seen in it");
    return builder_.finish();
  }

 private:
  // "Duration: 30s, Total samples = 25s (83%)", "Showing nodes accounting for 6s, 60% of 10s total". The second is what
  // the rows' percentages are of.
  void take_heading(std::string_view line, std::size_t number) {
    static const re2::RE2 duration(R"(Duration: (-?[0-9.]+)([a-z]+))");
    static const re2::RE2 total(R"(^Showing nodes accounting for .* of (-?[0-9.]+)(\S*) total$)");
    if (line.starts_with("Type: ")) type_ = text::trim(line.substr(6));
    if (line.starts_with("File: ")) builder_.profile.program = text::trim(line.substr(6));
    std::string value, unit;
    const re2::StringPiece piece(line.data(), line.size());
    if (re2::RE2::PartialMatch(piece, duration, &value, &unit)) {
      const Scaled ns = scaled(text::to_double(value).value_or(0), unit, "nanoseconds");
      if (ns.unit == "ns" && ns.value > 0) builder_.profile.seconds = ns.value / 1e9;
    }
    if (re2::RE2::PartialMatch(piece, total, &value, &unit)) total_ = {value, unit, number};
  }

  // What the heading's total has beyond the rows: pprof leaves small functions out, and -nodecount and -focus more.
  Status take_total() {
    constexpr double k_rounding = 0.01;
    if (total_.number.empty()) return Nothing{};
    PW_TRY_ASSIGN(const double total, value(total_.number, total_.unit, total_.line));
    double listed = 0;
    for (const FunctionCost& function : builder_.profile.functions) listed += std::abs(function.self.front());
    if (listed > total * (1 + k_rounding))
      return builder_.error("the rows add up to more than the total that the heading states",
                            fmt::format("{}", total_.line));
    builder_.profile.unlisted = {std::max(0.0, total - listed)};
    if (listed < total * (1 - k_rounding))
      builder_.note(
          "cut-table",
          fmt::format("the table leaves out functions with {:.0f} % of all costs, so that one which it does not "
                      "list need not be new or gone: print all with -nodefraction=0 -nodecount=1000000",
                      100 * (1 - listed / total)));
    return Nothing{};
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
  struct {
    std::string number, unit;
    std::size_t line = 0;
  } total_;  // as the heading states it; number is empty when there is none
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
