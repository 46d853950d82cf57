#include "report/geomean.hpp"

#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace perfwarden::report {

std::vector<Geomean> geomeans_of(const Report& report) {
  std::map<std::pair<std::string, std::string>, Geomean> sums;  // by name and unit; `ratio` holds the sum of logs
  for (const Comparison& one : report.comparisons) {
    if (one.presence != Presence::both || !std::isfinite(one.ratio) || one.ratio <= 0) continue;
    Geomean& sum = sums.try_emplace({one.metric.name, one.metric.unit}, Geomean{one.metric, 0, 0}).first->second;
    ++sum.benchmarks;
    sum.ratio += std::log(one.ratio);
  }
  std::vector<Geomean> out;
  for (auto& [key, sum] : sums) {
    if (sum.benchmarks < 2) continue;
    sum.ratio = std::exp(sum.ratio / static_cast<double>(sum.benchmarks));
    out.push_back(std::move(sum));
  }
  return out;
}

}  // namespace perfwarden::report
