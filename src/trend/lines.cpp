#include "trend/lines.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::trend {
namespace {

// The points at which a bump of this series begins.
std::set<std::size_t> bumped(const SeriesHistory& history, std::span<const Bump> bumps) {
  const std::vector<HistoryPoint>& points = history.points;
  std::set<std::size_t> out;
  for (const Bump& bump : bumps) {
    if (!text::glob_match_prefix(bump.series, history.id.path())) continue;
    auto first = std::find_if(points.begin(), points.end(),
                              [&](const HistoryPoint& point) { return point.commit == bump.commit; });
    if (first == points.end())
      first = std::find_if(points.begin(), points.end(),
                           [&](const HistoryPoint& point) { return point.time >= bump.time; });
    if (first != points.end()) out.insert(static_cast<std::size_t>(first - points.begin()));
  }
  return out;
}

}  // namespace

std::vector<std::size_t> cuts_of(const SeriesHistory& history, std::span<const Bump> bumps) {
  const std::set<std::size_t> begun = bumped(history, bumps);
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i < history.points.size(); ++i) {
    const HistoryPoint& before = history.points[i - 1];
    const HistoryPoint& point = history.points[i];
    if (point.fingerprint != before.fingerprint || point.unit != before.unit || begun.contains(i)) out.push_back(i);
  }
  return out;
}

std::vector<SeriesHistory> lines_of(const SeriesHistory& history, std::span<const Bump> bumps) {
  const std::set<std::size_t> begun = bumped(history, bumps);
  std::map<std::tuple<std::string, std::string, std::size_t>, SeriesHistory> lines;
  std::size_t epoch = 0;
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    const HistoryPoint& point = history.points[i];
    epoch += begun.contains(i) ? 1U : 0U;
    SeriesHistory& line = lines[{point.fingerprint, point.unit, epoch}];
    line.id = history.id;
    line.better = history.better;
    line.points.push_back(point);
  }
  std::vector<SeriesHistory> out;
  out.reserve(lines.size());
  for (auto& [key, line] : lines) {
    line.bumped = epoch > 0;
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace perfwarden::trend
