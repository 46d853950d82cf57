#include "ingest/collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "ingest/limits.hpp"
#include "ingest/naming.hpp"

namespace perfwarden::ingest {
namespace {

std::string with_case(std::string benchmark, const std::string& case_name) {
  if (case_name.empty() || is_of_case(benchmark, case_name)) return benchmark;
  return benchmark + "/" + case_name;
}

// The text of a note without the document and line in front, which differ in every invocation.
std::string_view without_place(std::string_view text, std::string_view document) {
  if (document.empty() || !text.starts_with(document)) return text;
  const std::string_view rest = text.substr(document.size());
  const std::size_t digits = rest.starts_with(':') ? rest.find_first_not_of("0123456789", 1) : std::string_view::npos;
  return digits == std::string_view::npos ? text : rest.substr(digits);
}

}  // namespace

std::size_t Collector::readings_of(const Group& group) {
  const auto [found, added] = groups_.try_emplace({group.suite, group.case_name}, readings_.size());
  if (added) readings_.push_back(0);
  return found->second;
}

Status Collector::add(const Group& group, std::size_t invocation, Reading reading, std::string_view document,
                      bool spread) {
  const std::size_t readings = readings_of(group);
  if (group.whole) ++readings_[readings];
  ++document_;
  for (Warning& warning : reading.warnings)
    notes_.add(std::move(warning.code), warning.text, without_place(warning.text, document));
  for (Failed& failed : reading.failures) add_failed(group, readings, std::move(failed));
  for (Measurement& measurement : reading.measurements)
    PW_TRY(put(group, readings, invocation, std::move(measurement), spread));
  return Nothing{};
}

Status Collector::add_extra(const Group& group, std::size_t invocation, Measurement measurement) {
  ++document_;
  return put(group, readings_of(group), invocation, std::move(measurement));
}

void Collector::fail(const Group& group, const std::string& reason) {
  if (!group.whole) return;
  add_failed(group, readings_of(group), {.reason = reason});
}

void Collector::add_failed(const Group& group, std::size_t readings, Failed failed) {
  if (!group.whole || failures_.size() >= k_max_series) return;
  const std::string plain = failed.benchmark.empty()
                                ? ""
                                : with_case(valid_utf8(failed.benchmark.substr(0, k_max_name_bytes)), group.case_name);
  const std::string name = full_name(plain, failed.qualifiers);
  const auto [found, added] = failures_.try_emplace({group.suite, group.case_name, name});
  Tally& tally = found->second;
  Failure& failure = tally.failure;
  if (added) {
    failure.suite = group.suite;
    failure.case_name = group.case_name;
    failure.benchmark = name;
    failure.dropped = false;
    if (!failed.qualifiers.empty()) failure.plain_name = plain;
    failure.qualifiers = std::move(failed.qualifiers);
    tally.readings = readings;
  }
  if (failure.reason.empty() && failed.failed > 0) failure.reason = valid_utf8(failed.reason);
  failure.failed += failed.failed;
  failure.runs += failed.runs;
  failure.dropped = failure.dropped || (failed.failed > 0 && failed.dropped);
  tally.by_document = tally.by_document && failed.runs == 0;
}

void Collector::add_failure(const std::string& suite, Failure failure) {
  if (!suite.empty()) failure.suite = suite;
  if (failures_.size() >= k_max_series) return;
  const auto [found, added] =
      failures_.try_emplace({failure.suite, failure.case_name, failure.benchmark}, Tally{failure, 0, false});
  if (added) return;
  Failure& sum = found->second.failure;
  sum.failed += failure.failed;
  sum.runs += failure.runs;
  sum.dropped = sum.dropped || failure.dropped;
}

std::vector<Failure> Collector::take_failures() {
  std::vector<Failure> out;
  for (auto& [key, tally] : failures_) {
    if (tally.failure.failed == 0) continue;
    const bool processes = tally.failure.benchmark.empty();  // those that failed gave no reading
    if (tally.by_document) tally.failure.runs = readings_[tally.readings] + (processes ? tally.failure.failed : 0);
    tally.failure.runs = std::max(tally.failure.runs, tally.failure.failed);
    out.push_back(std::move(tally.failure));
  }
  failures_.clear();
  return out;
}

void Collector::declare(Measurement& measurement) {
  const auto found = config_.metrics.find(measurement.metric.name);
  if (found == config_.metrics.end()) return;
  const Metric& declared = found->second;
  Metric& metric = measurement.metric;
  metric.better = declared.better;
  metric.deterministic = declared.deterministic;
  metric.primary = declared.primary;
  if (declared.unit.empty()) return;
  const Unit unit = unit_in_words(declared.unit);
  if (measurement.original_unit.empty()) {  // the harness gave a bare number
    for (double& value : measurement.values) value = to_base(value, unit);
    metric.unit = unit.base;
    measurement.original_unit = declared.unit;
  } else if (metric.unit != unit.base) {
    notes_.add("unit-changed",
               fmt::format("metric '{}' is declared in {}, but benchmark '{}' reports {}; the reported unit is kept: "
                           "correct `metrics:` in the config",
                           shown(metric.name), shown(declared.unit), shown(measurement.benchmark), shown(metric.unit)));
  }
}

Status Collector::put(const Group& group, std::size_t readings, std::size_t invocation, Measurement measurement,
                      bool spread) {
  declare(measurement);
  const std::string plain = with_case(valid_utf8(measurement.benchmark), group.case_name);
  for (Qualifier& one : measurement.qualifiers) one = {valid_utf8(one.key), valid_utf8(one.value)};
  SeriesId id{group.suite, full_name(plain, measurement.qualifiers), valid_utf8(measurement.metric.name)};
  measurement.metric.unit = valid_utf8(measurement.metric.unit);
  measurement.original_unit = valid_utf8(measurement.original_unit);
  for (const std::string& name : {id.benchmark, id.metric, measurement.metric.unit, measurement.original_unit}) {
    if (name.size() <= k_max_name_bytes) continue;
    notes_.add("bad-name", fmt::format("the name '{}…' has more than {} bytes; ignored", shown(name.substr(0, 40)),
                                       k_max_name_bytes));
    return Nothing{};
  }
  const auto [found, added] = series_.try_emplace(id);
  Series& series = found->second.series;
  if (added) {
    if (series_.size() > k_max_series)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("more than {} series on one side", k_max_series),
                   .hint = "split the suite"};
    series.id = std::move(id);
    series.metric = std::move(measurement.metric);
    series.metric.name = series.id.metric;
    series.original_unit = std::move(measurement.original_unit);
    series.invocations.resize(group.invocations);
    if (!measurement.qualifiers.empty()) series.plain_name = plain;
    series.qualifiers = std::move(measurement.qualifiers);
    found->second.readings = readings;
  } else if (series.metric.unit != measurement.metric.unit) {
    notes_.add("unit-changed",
               fmt::format("benchmark '{}' reports {} in {} and elsewhere in {}; the later values are ignored",
                           shown(series.id.benchmark), shown(series.id.metric), shown(series.metric.unit),
                           shown(measurement.metric.unit)));
    return Nothing{};
  }
  return put_values(found->second, invocation, measurement, spread);
}

Status Collector::put_values(Entry& entry, std::size_t invocation, const Measurement& measurement, bool spread) {
  Series& series = entry.series;
  const bool apart = spread && measurement.processes.size() == measurement.values.size();
  for (std::size_t i = 0; i < measurement.values.size(); ++i) {
    const double value = measurement.values[i];
    const std::size_t place = invocation + (apart ? measurement.processes[i] : 0);
    if (place >= k_max_invocations)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("more than {} invocations of one series", k_max_invocations),
                   .hint = "split the suite"};
    if (series.invocations.size() <= place) series.invocations.resize(place + 1);
    if (!std::isfinite(value)) {
      notes_.add("not-finite",
                 fmt::format("benchmark '{}': {} is not finite in {}; ignored", shown(series.id.benchmark),
                             shown(series.id.metric), shown(series.metric.unit)));
      continue;
    }
    if (++values_ > k_max_values)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("more than {} values on one side", k_max_values),
                   .hint = "split the suite"};
    series.invocations[place].push_back(value);
    if (std::exchange(entry.last, document_) != document_) ++entry.reported;
  }
  return Nothing{};
}

Status Collector::add_series(const std::string& suite, std::size_t first, Series series) {
  const Group group{suite.empty() ? series.id.suite : suite, "", first + series.invocations.size()};
  const std::size_t readings = readings_of(group);
  const std::string plain = series.plain_name.empty() ? series.id.benchmark : series.plain_name;
  for (std::size_t i = 0; i < series.invocations.size(); ++i) {
    ++document_;
    PW_TRY(
        put(group, readings, first + i,
            Measurement{
                plain, series.metric, series.original_unit, std::move(series.invocations[i]), {}, series.qualifiers}));
  }
  const auto found = series_.find(SeriesId{group.suite, full_name(plain, series.qualifiers), series.id.metric});
  if (found == series_.end()) return Nothing{};
  std::vector<Warning>& warnings = found->second.series.warnings;
  warnings.insert(warnings.end(), series.warnings.begin(), series.warnings.end());
  return Nothing{};
}

bool Collector::has_values(std::string_view suite) const {
  return std::any_of(series_.begin(), series_.end(), [&](const auto& row) {
    const auto& invocations = row.second.series.invocations;
    return row.first.suite == suite &&
           std::any_of(invocations.begin(), invocations.end(), [](const auto& values) { return !values.empty(); });
  });
}

bool Collector::has_failures(std::string_view suite) const {
  return std::any_of(failures_.begin(), failures_.end(), [&](const auto& row) {
    return row.second.failure.suite == suite && row.second.failure.failed > 0;
  });
}

bool Collector::has_failed_benchmarks(std::string_view suite) const {
  return std::any_of(failures_.begin(), failures_.end(), [&](const auto& row) {
    return row.second.failure.suite == suite && !row.second.failure.benchmark.empty() && row.second.failure.failed > 0;
  });
}

bool Collector::reports(std::string_view suite, std::string_view metric) const {
  return std::any_of(series_.begin(), series_.end(),
                     [&](const auto& row) { return row.first.suite == suite && row.first.metric == metric; });
}

std::vector<std::string> Collector::metrics_of(std::string_view suite) const {
  std::set<std::string> names;
  for (const auto& [id, entry] : series_)
    if (id.suite == suite) names.insert(id.metric);
  return {names.begin(), names.end()};
}

void Collector::select(std::string_view suite, const std::vector<std::string>& metrics) {
  for (auto row = series_.begin(); row != series_.end();) {
    const bool wanted = std::find(metrics.begin(), metrics.end(), row->first.metric) != metrics.end();
    if (row->first.suite == suite && !wanted) {
      row = series_.erase(row);
      continue;
    }
    if (row->first.suite == suite) row->second.series.metric.primary = true;
    ++row;
  }
}

Samples Collector::finish() {
  Samples out;
  out.series.reserve(series_.size());
  for (auto& [id, entry] : series_) {
    Series& series = entry.series;
    if (entry.reported == 0) continue;
    if (const std::size_t readings = readings_[entry.readings]; entry.reported < readings)
      series.warnings.push_back(
          {"partly-reported", fmt::format("reported by {} of {} invocations; the others printed no usable value for it",
                                          entry.reported, readings)});
    out.series.push_back(std::move(series));
  }
  series_.clear();
  out.failures = take_failures();
  out.warnings = notes_.take();
  return out;
}

}  // namespace perfwarden::ingest
