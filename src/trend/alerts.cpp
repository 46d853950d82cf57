#include "trend/alerts.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "base/hash.hpp"

namespace perfwarden::trend {
namespace {

constexpr double k_is_back = 0.7;   // of the way from the new level to the old one
constexpr double k_is_there = 0.3;  // still, or again, at the new level
constexpr std::size_t k_near = 3;   // runs by which more runs may move a change

// How far `level` is on the way back from the alert's new level to its old one: 0 there, 1 back.
double way_back(const Alert& alert, double level) {
  return (alert.after - level) / (alert.after - alert.before);
}

bool is_about(const Alert& alert, const SeriesHistory& line, const std::string& branch) {
  const HistoryPoint& any = line.points.front();
  const auto is_its_change = [&](const HistoryPoint& point) { return point.commit == alert.first_changed; };
  return alert.series == line.id && alert.branch == branch && alert.machine == any.fingerprint &&
         alert.unit == any.unit && (!line.bumped || std::any_of(line.points.begin(), line.points.end(), is_its_change));
}

// Where its change begins in the line; 0 when that is longer ago than the line.
std::size_t place_of(const Alert& alert, const SeriesHistory& line) {
  const auto found = std::find_if(line.points.begin(), line.points.end(),
                                  [&](const HistoryPoint& point) { return point.commit == alert.first_changed; });
  return found == line.points.end() ? 0 : static_cast<std::size_t>(found - line.points.begin());
}

Direction direction_of(const SeriesHistory& line, const Change& change) {
  if (line.better == Better::unknown) return Direction::change;
  const bool up = change.after > change.before;
  return up == (line.better == Better::lower) ? Direction::regression : Direction::improvement;
}

// nullopt when the change is not worth an alert.
std::optional<Confidence> confidence_in(const Change& change, const AlertOptions& options) {
  // Of a level that was zero there is no ratio, but the interval is of the change relative to the size of the series.
  const double ratio = std::isnan(change.ratio) ? (change.low + change.high) / 2 : change.ratio;
  if (!(std::abs(ratio - 1) >= options.threshold)) return std::nullopt;
  const double surely = ratio > 1 ? change.low - 1 : 1 - change.high;
  const Confidence confidence = surely >= options.threshold ? Confidence::high : Confidence::medium;
  if (options.confidence == Confidence::high && confidence != Confidence::high) return std::nullopt;
  return confidence;
}

bool same_sign(const Alert& alert, const Change& change) {
  return (alert.after > alert.before) == (change.after > change.before);
}

// Whether what is known of the line already says what this change says.
bool is_known(const Change& change, std::span<const Alert> known, const SeriesHistory& line) {
  return std::any_of(known.begin(), known.end(), [&](const Alert& alert) {
    const std::size_t place = place_of(alert, line);
    const std::size_t first = std::min(change.index, change.end);
    const bool near = place + k_near >= first && place <= change.end + k_near;
    if (same_sign(alert, change) && near && place > 0) return true;
    if (change.index <= place) return false;
    const double from = way_back(alert, change.before);
    const double to = way_back(alert, change.after);
    // The end of an improvement is a regression like any other.
    const bool leads_back = alert.direction != Direction::improvement && !same_sign(alert, change) &&
                            from <= k_is_there && to >= k_is_back && to <= 2 - k_is_back;
    const bool ended = alert.state().resolution == Resolution::accepted ||
                       alert.state().resolution == Resolution::duplicate ||
                       alert.state().status == AlertStatus::false_positive;
    const bool relapses = same_sign(alert, change) && !ended && from >= k_is_back && std::abs(to) <= k_is_there;
    return leads_back || relapses;
  });
}

void append(Alert& alert, AlertStatus status, Resolution resolution, std::string why, const AlertOptions& options) {
  const std::int64_t version = alert.events.empty() ? 1 : alert.events.back().version + 1;
  alert.events.push_back({version, options.now, "perfwarden", status, resolution, std::move(why)});
}

// Whether it got an event from the levels that followed.
bool follow(Alert& alert, const SeriesHistory& line, const Segmentation& found, const AlertOptions& options) {
  const std::size_t place = place_of(alert, line);
  const Segment& last = found.segments.back();
  if (last.begin <= place) return false;
  const double now = way_back(alert, last.level);
  const std::string& since = line.points[last.begin].commit;
  if (alert.is_live()) {
    if (!(now >= k_is_back)) return false;
    append(alert, AlertStatus::resolved, Resolution::recovered, "its level is back since " + since, options);
    return true;
  }
  const Resolution how = alert.state().resolution;
  if (how != Resolution::fixed && how != Resolution::reverted && how != Resolution::recovered) return false;
  const bool was_back = std::any_of(found.segments.begin(), found.segments.end(), [&](const Segment& segment) {
    return segment.begin > place && way_back(alert, segment.level) >= k_is_back;
  });
  if (!was_back || !(std::abs(now) <= k_is_there)) return false;
  append(alert, AlertStatus::open, Resolution::none, "it is back since " + since, options);
  return true;
}

Alert alert_of(const Change& change, Confidence confidence, const SeriesHistory& line, const std::string& branch,
               const AlertOptions& options) {
  const HistoryPoint& any = line.points.front();
  Alert alert;
  alert.series = line.id;
  alert.branch = branch;
  alert.machine = any.fingerprint;
  alert.unit = any.unit;
  alert.shape = change.shape == Shape::step ? "step" : "drift";
  alert.direction = direction_of(line, change);
  alert.detected_at = options.now;
  alert.last_before = line.points[change.index - 1].commit;
  alert.first_changed = line.points[change.end].commit;
  alert.before = change.before;
  alert.after = change.after;
  alert.low = change.low;
  alert.high = change.high;
  alert.confidence = confidence;
  std::uint64_t hash = fnv1a("");
  for (const std::string_view part :
       {std::string_view(alert.series.suite), std::string_view(alert.series.benchmark),
        std::string_view(alert.series.metric), std::string_view(branch), std::string_view(alert.machine),
        std::string_view(alert.unit), name_of(alert.direction), std::string_view(alert.first_changed)})
    hash = fnv1a(std::string_view("\0", 1), fnv1a(part, hash));
  alert.fingerprint = hex16(hash);
  append(alert, AlertStatus::open, Resolution::none, "found", options);
  return alert;
}

}  // namespace

std::vector<Alert> review(const SeriesHistory& line, const std::string& branch, const Segmentation& found,
                          std::span<const Alert> known, const AlertOptions& options) {
  std::vector<Alert> all;
  for (const Alert& alert : known)
    if (is_about(alert, line, branch)) all.push_back(alert);
  const std::size_t before = all.size();
  for (const Change& change : found.changes) {
    const std::optional<Confidence> confidence = confidence_in(change, options);
    if (confidence && !is_known(change, all, line)) all.push_back(alert_of(change, *confidence, line, branch, options));
  }
  std::vector<Alert> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool followed = !found.segments.empty() && follow(all[i], line, found, options);
    if (followed || i >= before) out.push_back(std::move(all[i]));
  }
  return out;
}

std::vector<std::vector<std::size_t>> groups_of(std::span<const Alert> alerts,
                                                const std::map<std::string, std::size_t>& rank) {
  // (branch, direction), then the half-open range of commits in which the change happened.
  struct Ranged {
    std::pair<std::string_view, Direction> kind;
    std::size_t begin = 0, end = 0, alert = 0;
  };
  std::vector<Ranged> ranges;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const auto end = rank.find(alerts[i].first_changed);
    const auto begin = rank.find(alerts[i].last_before);
    const std::size_t last = end == rank.end() ? rank.size() + i + 1 : end->second;  // unknown: overlaps with nothing
    const std::size_t first = begin == rank.end() || begin->second >= last ? last - 1 : begin->second;
    ranges.push_back({{alerts[i].branch, alerts[i].direction}, first, last, i});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Ranged& a, const Ranged& b) {
    return std::tie(a.kind, a.begin, a.end, a.alert) < std::tie(b.kind, b.begin, b.end, b.alert);
  });
  std::vector<std::vector<std::size_t>> groups;
  std::size_t reach = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const bool joins = i > 0 && ranges[i].kind == ranges[i - 1].kind && ranges[i].begin < reach;
    if (!joins) groups.emplace_back();
    reach = joins ? std::max(reach, ranges[i].end) : ranges[i].end;
    groups.back().push_back(ranges[i].alert);
  }
  for (std::vector<std::size_t>& group : groups) std::sort(group.begin(), group.end());
  std::sort(groups.begin(), groups.end());
  return groups;
}

std::vector<SeriesId> doubtful_series(std::span<const Alert> alerts, std::size_t least) {
  std::map<SeriesId, std::size_t> false_positives;
  for (const Alert& alert : alerts)
    if (alert.state().status == AlertStatus::false_positive) ++false_positives[alert.series];
  std::vector<SeriesId> out;
  for (const auto& [id, count] : false_positives)
    if (count >= least) out.push_back(id);
  return out;
}

}  // namespace perfwarden::trend
