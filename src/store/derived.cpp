#include "store/derived.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "store/encode.hpp"

namespace perfwarden::store {
namespace {

// A share of a run, or its rating; commit, time and machine are the first three columns of the row.
HistoryPoint point_of(const Statement& row, double value) {
  HistoryPoint out;
  out.commit = row.text(0);
  out.time = row.text(1);
  out.fingerprint = row.text(2);
  out.median = out.low = out.high = value;
  out.n = 1;
  out.unit = "1";
  return out;
}

// All profiles of one benchmark and type, oldest first.
struct Profiled {
  std::vector<HistoryPoint> runs;                             // without a value
  std::map<std::string, std::map<std::size_t, double>> self;  // by function and run; what a run does not list is 0
};
using ProfiledBenchmarks = std::map<std::tuple<std::string, std::string, std::string>, Profiled>;

Result<ProfiledBenchmarks> profiled_benchmarks(Connection& connection, const HistoryQuery& query) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare(
                    fmt::format("SELECT commit_sha, time, fingerprint, suite, benchmark, type, functions FROM profiles "
                                "JOIN runs ON runs.id = run_id JOIN machines ON machines.id = machine_id WHERE {} "
                                "ORDER BY time, runs.id",
                                k_of_branch)));
  rows->bind(query.branch);
  ProfiledBenchmarks out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    HistoryPoint run = point_of(*rows, 0);
    if (!query.fingerprint.empty() && run.fingerprint != query.fingerprint) continue;
    Profiled& of = out[{rows->text(3), rows->text(4), rows->text(5)}];
    for (const FunctionShare& one : decode_functions(rows->text(6))) of.self[one.name][of.runs.size()] = one.self;
    of.runs.push_back(std::move(run));
  }
}

// The functions that were hot in one of the runs from `begin` on, hottest first.
std::vector<std::string> hot_functions(const Profiled& profiled, std::size_t begin) {
  std::vector<std::pair<double, std::string>> hot;
  for (const auto& [name, shares] : profiled.self) {
    double most = 0;
    for (auto one = shares.lower_bound(begin); one != shares.end(); ++one) most = std::max(most, one->second);
    if (most >= k_hot_share) hot.emplace_back(-most, name);
  }
  std::sort(hot.begin(), hot.end());
  if (hot.size() > k_most_hot_functions) hot.resize(k_most_hot_functions);
  std::vector<std::string> out;
  out.reserve(hot.size());
  for (auto& [most, name] : hot) out.push_back(std::move(name));
  return out;
}

}  // namespace

Result<std::vector<SeriesHistory>> function_shares(Connection& connection, const HistoryQuery& query) {
  PW_TRY_ASSIGN(const ProfiledBenchmarks benchmarks, profiled_benchmarks(connection, query));
  std::vector<SeriesHistory> out;
  for (const auto& [id, profiled] : benchmarks) {
    const auto& [suite, benchmark, type] = id;
    const std::size_t begin = profiled.runs.size() - std::min(profiled.runs.size(), query.most);
    for (const std::string& function : hot_functions(profiled, begin)) {
      SeriesHistory line{
          .id = {suite, benchmark, fmt::format("{}/{}", type, function)}, .points = {}, .better = Better::unknown};
      if (query.series && !query.series(line.id)) continue;
      line.points.assign(profiled.runs.begin() + static_cast<std::ptrdiff_t>(begin), profiled.runs.end());
      for (const auto& [run, share] : profiled.self.at(function)) {
        if (run < begin) continue;
        HistoryPoint& point = line.points[run - begin];
        point.median = point.low = point.high = share;
      }
      out.push_back(std::move(line));
    }
  }
  std::sort(out.begin(), out.end(), [](const SeriesHistory& a, const SeriesHistory& b) { return a.id < b.id; });
  return out;
}

Result<std::vector<SeriesHistory>> ratings(Connection& connection, const HistoryQuery& query) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare(fmt::format("SELECT commit_sha, time, fingerprint, rating_cpu, rating_memory "
                                               "FROM runs JOIN machines ON machines.id = machine_id WHERE {} "
                                               "ORDER BY time, runs.id",
                                               k_of_branch)));
  rows->bind(query.branch);
  std::vector<SeriesHistory> out{{.id = {"run", "rating", "cpu"}, .points = {}, .better = Better::higher},
                                 {.id = {"run", "rating", "memory"}, .points = {}, .better = Better::higher}};
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double rating = rows->real(3 + static_cast<int>(i));
      HistoryPoint point = point_of(*rows, rating);
      if (std::isnan(rating) || (!query.fingerprint.empty() && point.fingerprint != query.fingerprint)) continue;
      out[i].points.push_back(std::move(point));
    }
  }
  std::erase_if(out, [&](const SeriesHistory& line) {
    return line.points.empty() || query.most == 0 || (query.series && !query.series(line.id));
  });
  for (SeriesHistory& line : out)
    if (line.points.size() > query.most)
      line.points.erase(line.points.begin(), line.points.end() - static_cast<std::ptrdiff_t>(query.most));
  return out;
}

}  // namespace perfwarden::store
