#include "dashboard/api/line.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

#include "trend/lines.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_analysed = 3000;  // the newest points

std::vector<Line::Other> machines_in(const std::vector<store::LinePoint>& points) {
  std::map<std::string, std::size_t> count;
  for (const store::LinePoint& one : points) ++count[one.point.fingerprint];
  std::vector<Line::Other> out;
  out.reserve(count.size());
  for (const auto& [machine, number] : count) out.push_back({machine, number});
  std::stable_sort(out.begin(), out.end(),
                   [](const Line::Other& a, const Line::Other& b) { return a.points > b.points; });
  return out;
}

trend::Segmentation analysis_of(const std::vector<store::LinePoint>& points, const std::vector<std::size_t>& epochs) {
  const std::size_t begin = points.size() - std::min(points.size(), k_most_analysed);
  std::vector<double> values;
  for (std::size_t i = begin; i < points.size(); ++i) values.push_back(points[i].point.median);
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

Result<Line> line_of(const Desk& desk, const store::NumberedSeries& series, const std::string& branch,
                     const std::string& machine) {
  Line line;
  line.series = series;
  line.branch = branch;
  PW_TRY_ASSIGN(line.points, desk.store.browser().line(series.number, branch));
  line.machines = machines_in(line.points);
  const auto newest = std::find_if(line.points.rbegin(), line.points.rend(), [&](const store::LinePoint& one) {
    return machine.empty() || one.point.fingerprint == machine;
  });
  if (newest == line.points.rend()) {
    line.points.clear();
    return line;
  }
  line.machine = newest->point.fingerprint;
  line.unit = newest->point.unit;
  line.better = newest->better;
  std::erase_if(line.points, [&](const store::LinePoint& one) {
    return one.point.fingerprint != line.machine || one.point.unit != line.unit;
  });
  PW_TRY_ASSIGN(const std::vector<Bump> bumps, store::bumps_of(desk.store));
  SeriesHistory history{series.id, {}, line.better};
  if (!bumps.empty())
    for (const store::LinePoint& one : line.points) history.points.push_back(one.point);
  line.epochs = trend::cuts_of(history, bumps);
  line.found = analysis_of(line.points, line.epochs);
  return line;
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
