#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "model/series.hpp"

// Samples made by hand and by a seeded generator.
namespace perfwarden::compare::test {

inline Series series(const std::string& benchmark, const std::vector<double>& values, Metric metric = {}) {
  if (metric.name.empty()) metric = Metric{"wall_time", "s", Better::lower, false, true};
  Series one;
  one.id = {"core", benchmark, metric.name};
  one.metric = std::move(metric);
  for (const double value : values) one.invocations.push_back({value});
  return one;
}

inline RunInfo run(const std::string& session = "s1", const std::string& fingerprint = "0123456789abcdef") {
  RunInfo info;
  info.session = session;
  info.machine.fingerprint = fingerprint;
  return info;
}

inline Samples samples(std::vector<Series> all, RunInfo info = run()) {
  Samples result;
  result.run = std::move(info);
  result.series = std::move(all);
  return result;
}

// `n` values around `centre` with lognormal noise.
inline std::vector<double> noisy(std::size_t n, double centre, double cv, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0, std::sqrt(std::log1p(cv * cv)));
  std::vector<double> values(n);
  for (double& value : values) value = centre * std::exp(normal(engine));
  return values;
}

}  // namespace perfwarden::compare::test
