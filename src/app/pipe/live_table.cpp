#include "app/pipe/live_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "model/comparison.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_lines = 12;  // of which two are the header and the count of the rest
constexpr std::size_t k_least_name = 12;

bool is_open(const compare::Standing& one) {
  return !one.ended && (one.stage == compare::Stage::screening || one.stage == compare::Stage::confirming);
}

std::string state_of(const compare::Standing& one) {
  std::string direction = one.worse ? "worse" : "better";
  switch (one.stage) {
    case compare::Stage::screening:
      return one.ended ? "undecided, no time left" : "measuring";
    case compare::Stage::confirming:
      return "looks " + direction + (one.ended ? ", no time left" : ", confirming");
    case compare::Stage::fine:
      return "within its limit";
    case compare::Stage::confirmed:
      return direction;
    case compare::Stage::dropped:
      return "not confirmed";
    case compare::Stage::undecided:
      return "undecided";
  }
  return "";
}

double badness(const compare::Standing& one) {
  if (std::isnan(one.change)) return -1;
  return one.worse ? std::abs(one.change) : -std::abs(one.change);
}

}  // namespace

std::vector<std::string> live_table(const std::vector<compare::Standing>& standings, std::size_t columns,
                                    std::size_t rows) {
  rows = std::min(rows, k_most_lines);
  if (standings.empty() || rows < 3 || columns < 2) return {};
  std::vector<compare::Standing> sorted = standings;
  std::stable_sort(sorted.begin(), sorted.end(), [](const compare::Standing& a, const compare::Standing& b) {
    if (is_open(a) != is_open(b)) return is_open(a);
    return badness(a) > badness(b);
  });
  const bool all = sorted.size() + 1 <= rows;
  const std::size_t shown = all ? sorted.size() : rows - 2;
  text::Table table({{"benchmark", text::Align::left, k_least_name, 3},
                     {"pairs", text::Align::right, 0, 1},
                     {"so far", text::Align::right, 0, 2},
                     {"state", text::Align::left, 0, 2}});
  for (std::size_t i = 0; i < shown; ++i) {
    const compare::Standing& one = sorted[i];
    const std::string metric = one.metric.primary ? "" : " " + text::one_line(one.metric.name);
    table.add({text::one_line(one.id.suite + "/" + one.id.benchmark) + metric, std::to_string(one.pairs),
               std::isnan(one.change) ? "" : format_change(one.change), state_of(one)});
  }
  std::vector<std::string> lines = table.lines(columns - 1);  // some terminals wrap as soon as the last is written
  if (all) return lines;
  const auto open = static_cast<std::size_t>(std::count_if(sorted.begin(), sorted.end(), is_open));
  lines.push_back(text::truncate(
      fmt::format("… and {} more; {} of {} decided", sorted.size() - shown, sorted.size() - open, sorted.size()),
      columns - 1));
  return lines;
}

}  // namespace perfwarden::app
