#include "dashboard/api/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "dashboard/api/question.hpp"
#include "trend/lines.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_analysed = 3000;  // the newest points

// A point, before it is known whether it belongs to the line.
struct Placed {
  std::uint32_t place = 0;
  store::SeriesPoint point;
};

// The points of the series on the branch, oldest first.
Result<std::vector<Placed>> placed_points(const Desk& desk, std::int64_t series, const Timeline& timeline) {
  PW_TRY_ASSIGN(std::vector<store::SeriesPoint> points, desk.store.browser().points(series));
  std::vector<Placed> out;
  out.reserve(points.size());
  for (store::SeriesPoint& point : points)
    if (const auto place = timeline.place_of_run.find(point.run); place != timeline.place_of_run.end())
      out.push_back({place->second, std::move(point)});
  std::sort(out.begin(), out.end(), [](const Placed& a, const Placed& b) { return a.place < b.place; });
  return out;
}

std::vector<Line::Other> machines_in(const std::vector<Placed>& points, const Timeline& timeline) {
  std::vector<std::size_t> count(timeline.machines.size());
  for (const Placed& one : points) ++count[timeline.runs[one.place].machine];
  std::vector<Line::Other> out;
  for (std::size_t i = 0; i < count.size(); ++i)
    if (count[i] > 0) out.push_back({timeline.machines[i], count[i]});
  std::sort(out.begin(), out.end(), [](const Line::Other& a, const Line::Other& b) {
    return std::tie(b.points, a.machine) < std::tie(a.points, b.machine);
  });
  return out;
}

Result<std::vector<std::size_t>> epochs_of(const Desk& desk, const Line& line) {
  PW_TRY_ASSIGN(const std::vector<Bump> bumps, store::bumps_of(desk.store));
  if (bumps.empty()) return std::vector<std::size_t>();
  SeriesHistory history{line.series.id, std::vector<HistoryPoint>(line.points.size()), line.better};
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    history.points[i].commit = line.run(i).commit;
    history.points[i].time = os::rfc3339(line.run(i).t);
  }
  return trend::cuts_of(history, bumps);
}

trend::Segmentation analysis_of(const std::vector<Line::Point>& points, const std::vector<std::size_t>& epochs) {
  const std::size_t begin = points.size() - std::min(points.size(), k_most_analysed);
  std::vector<double> values;
  values.reserve(points.size() - begin);
  for (std::size_t i = begin; i < points.size(); ++i) values.push_back(points[i].median);
  std::vector<std::size_t> cuts;
  for (const std::size_t epoch : epochs)
    if (epoch > begin) cuts.push_back(epoch - begin);
  trend::Segmentation found = trend::find_changes(values, cuts, {});
  for (trend::Segment& segment : found.segments) {
    segment.begin += begin;
    segment.end += begin;
  }
  for (trend::Change& change : found.changes) {
    change.index += begin;
    change.end += begin;
  }
  for (trend::Spike& spike : found.spikes) spike.index += begin;
  return found;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Bucket bucket_of(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> order(end - begin);
  std::iota(order.begin(), order.end(), begin);
  const auto less = [&](std::size_t a, std::size_t b) { return values[a] < values[b]; };
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  std::nth_element(order.begin(), middle, order.end(), less);
  const auto [least, most] = std::minmax_element(order.begin(), order.end(), less);
  return {*middle, values[*least], values[*most]};
}

}  // namespace

std::optional<std::size_t> Line::place_of(const std::string& commit) const {
  const auto first = timeline->place_of_commit.find(commit);
  if (first == timeline->place_of_commit.end()) return std::nullopt;
  auto point = std::lower_bound(points.begin(), points.end(), first->second,
                                [](const Point& one, std::uint32_t place) { return one.place < place; });
  for (; point != points.end(); ++point)
    if (timeline->runs[point->place].commit == commit) return static_cast<std::size_t>(point - points.begin());
  return std::nullopt;
}

namespace {

Result<std::shared_ptr<const Line>> make_line(const Desk& desk, const store::NumberedSeries& series,
                                              const std::string& branch, const std::string& machine) {
  auto out = std::make_shared<Line>();
  Line& line = *out;
  line.series = series;
  line.branch = branch;
  PW_TRY_ASSIGN(line.timeline, desk.timeline(branch));
  const Timeline& timeline = *line.timeline;
  PW_TRY_ASSIGN(const std::vector<Placed> all, placed_points(desk, series.number, timeline));
  line.machines = machines_in(all, timeline);
  const auto machine_of = [&](const Placed& one) -> const std::string& {
    return timeline.machines[timeline.runs[one.place].machine];
  };
  const auto newest = std::find_if(all.rbegin(), all.rend(),
                                   [&](const Placed& one) { return machine.empty() || machine_of(one) == machine; });
  if (newest == all.rend()) return std::shared_ptr<const Line>(std::move(out));
  line.machine = machine_of(*newest);
  line.unit = newest->point.unit;
  line.better = newest->point.better;
  for (const auto& [place, point] : all)
    if (timeline.runs[place].machine == timeline.runs[newest->place].machine && point.unit == line.unit)
      line.points.push_back({place, static_cast<std::uint32_t>(point.n), point.median, point.low, point.high});
  PW_TRY_ASSIGN(line.epochs, epochs_of(desk, line));
  line.found = analysis_of(line.points, line.epochs);
  return std::shared_ptr<const Line>(std::move(out));
}

}  // namespace

Result<std::shared_ptr<const Line>> line_of(const Desk& desk, const store::NumberedSeries& series,
                                            const std::string& branch, const std::string& machine) {
  PW_TRY_ASSIGN(const std::string now, desk.stamp());
  return desk.memory.lines
      .at(fmt::format("{} {} {}", series.number, percent_encoded(machine), percent_encoded(branch)))
      ->get(now, [&](const auto&) { return make_line(desk, series, branch, machine); });
}

Result<std::map<std::int64_t, std::vector<double>>> processes_of(const Desk& desk, std::int64_t series,
                                                                 std::span<const std::int64_t> runs) {
  PW_TRY_ASSIGN(auto raw, desk.store.browser().raw(series, runs));
  std::map<std::int64_t, std::vector<double>> out;
  for (auto& [run, invocations] : raw) {
    std::vector<double>& medians = out[run];
    for (std::vector<double>& values : invocations) {
      std::erase_if(values, [](double value) { return std::isnan(value); });
      if (!values.empty()) medians.push_back(median_of(std::move(values)));
    }
  }
  return out;
}

std::vector<Bucket> buckets_of(const std::vector<double>& values, std::size_t begin, std::size_t end,
                               const std::vector<std::size_t>& kept, std::size_t wanted) {
  std::vector<Bucket> out;
  if (begin >= end) return out;
  const std::size_t width = wanted == 0 || end - begin <= wanted ? 1 : (end - begin + wanted - 1) / wanted;
  auto next = std::lower_bound(kept.begin(), kept.end(), begin);
  for (std::size_t at = begin; at < end;) {
    std::size_t stop = std::min(at + width, end);
    if (next != kept.end() && *next < stop) {
      stop = *next == at ? at + 1 : *next;
      if (*next == at) ++next;
    }
    out.push_back(bucket_of(values, at, stop));
    at = stop;
  }
  return out;
}

}  // namespace perfwarden::dashboard
