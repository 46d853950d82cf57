#include "app/history/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "trend/lines.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_listed = 20;

// A table cell of hostile text.
std::string table_cell(std::string_view text) {
  return text::escape_html(text::replace_all(text::truncate(text::one_line(text), 100), "|", "\\|"));
}

// A level that changed between two commits that were measured: places in the range.
struct Moved {
  const SeriesHistory* series = nullptr;
  std::size_t from = 0, to = 0;
  trend::Change change;
  std::string unit;
  [[nodiscard]] double size() const { return std::fabs(std::log(change.ratio)); }
};

class CommitOrder {
 public:
  explicit CommitOrder(const std::vector<Commit>& commits) {
    for (std::size_t i = 0; i < commits.size(); ++i) places_[commits[i].sha] = i;
  }
  [[nodiscard]] std::optional<std::size_t> of(const std::string& sha) const {
    const auto found = places_.find(sha);
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, std::size_t> places_;
};

// Appends the changes of one series, on any machine, that lie in the range as a whole.
void add_moves(const SeriesHistory& series, const CommitOrder& places, std::span<const Bump> bumps,
               const trend::ChangePointOptions& options, std::vector<Moved>& out) {
  for (const SeriesHistory& line : trend::lines_of(series, bumps)) {
    std::vector<double> values;
    values.reserve(line.points.size());
    for (const HistoryPoint& point : line.points) values.push_back(point.median);
    for (const trend::Change& change : trend::find_changes(values, {}, options).changes) {
      const auto from = places.of(line.points[change.index - 1].commit);
      const auto to = places.of(line.points[change.end].commit);
      if (from && to && *from < *to) out.push_back({&series, *from, *to, change, line.points[change.index].unit});
    }
  }
}

std::string suspects(const std::vector<Commit>& commits, const Moved& moved) {
  std::string out = "| suspect | date | author | subject |\n|:--|:--|:--|:--|\n";
  const std::size_t last = std::min(moved.to, moved.from + k_most_listed);
  for (std::size_t i = moved.from + 1; i <= last; ++i)
    out += fmt::format("| `{}` | {} | {} | {} |\n", short_sha(commits[i].sha), commits[i].date,
                       table_cell(commits[i].author), table_cell(commits[i].subject));
  if (last < moved.to) out += fmt::format("\n… and {} more.\n", moved.to - last);
  return out;
}

// A name that a shell or Markdown could misread stays out of a command that is to be pasted.
std::string benchmark_option(const SeriesId& id) {
  const std::string path = id.suite + "/" + id.benchmark;
  const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_-./:=,+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return id.suite.empty() || !plain ? "" : " --benchmark " + path;
}

std::string section(const std::vector<Commit>& commits, const Moved& moved) {
  const trend::Change& change = moved.change;
  const ValuePair levels = format_pair(change.before, change.after, moved.unit);
  const std::string good = short_sha(commits[moved.from].sha);
  const std::string bad = short_sha(commits[moved.to].sha);
  std::string out = fmt::format("## {}: {}\n\n", table_cell(moved.series->id.path()), format_change(change.ratio - 1));
  out += fmt::format("{} {} → {} between `{}` and `{}`, 99 % interval {} … {}.\n\n",
                     change.shape == trend::Shape::step ? "A step," : "A drift,", levels.first, levels.second, good,
                     bad, format_change(change.low - 1), format_change(change.high - 1));
  out += suspects(commits, moved);
  if (moved.to == moved.from + 1)
    return out + fmt::format("\nNext: `perfwarden check --head {}` measures it against its parent.\n\n", bad);
  return out + fmt::format("\nNext: `perfwarden bisect --good {} --bad {}{}`\n\n", good, bad,
                           benchmark_option(moved.series->id));
}

}  // namespace

std::string range_report(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                         const std::vector<Commit>& commits, const trend::ChangePointOptions& options) {
  const CommitOrder places(commits);
  std::vector<Moved> moved;
  std::map<std::string, bool> measured;
  std::size_t seen = 0;
  for (const SeriesHistory& series : all) {
    bool inside = false;
    for (const HistoryPoint& point : series.points)
      if (places.of(point.commit)) inside = measured[point.commit] = true;
    seen += inside ? 1 : 0;
    add_moves(series, places, bumps, options, moved);
  }
  std::stable_sort(moved.begin(), moved.end(), [](const Moved& a, const Moved& b) { return a.size() > b.size(); });
  std::string out =
      fmt::format("# Performance from `{}` to `{}`\n\n", short_sha(commits.front().sha), short_sha(commits.back().sha));
  out += fmt::format("{} of {} commits were measured, in {} of {} series on record. {}\n\n", measured.size(),
                     commits.size(), seen, all.size(),
                     measured.empty()   ? "So nothing is known of this range."
                     : moved.empty()    ? "No change of level is shown; a few runs cannot show one."
                     : moved.size() > 1 ? fmt::format("{} levels changed:", moved.size())
                                        : "One level changed:");
  if (moved.empty())
    out += fmt::format("`perfwarden bisect --good {} --bad {}` measures both ends, and searches where it got worse.\n",
                       short_sha(commits.front().sha), short_sha(commits.back().sha));
  for (const Moved& one : moved) out += section(commits, one);
  if (!moved.empty()) out += "A suspect is a hypothesis from timings: read the change before anybody acts on it.\n";
  return out;
}

}  // namespace perfwarden::app
