#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/paths.hpp"

namespace perfwarden::stats::test {

using Json = nlohmann::json;

// The cases of tests/fixtures/stat_vectors.json of one kind (R, scipy, exactRankTests, enumeration).
inline std::vector<Json> cases_of(const std::string& kind) {
  static const Json file = Json::parse(std::ifstream(support::source_path("tests/fixtures/stat_vectors.json")));
  std::vector<Json> cases;
  for (const Json& entry : file.at("cases"))
    if (entry.at("kind") == kind) cases.push_back(entry);
  return cases;
}

inline double number(const Json& value) {
  if (value.is_string()) {
    const double inf = std::numeric_limits<double>::infinity();
    return value == "Inf" ? inf : value == "-Inf" ? -inf : std::numeric_limits<double>::quiet_NaN();
  }
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

inline std::vector<double> numbers(const Json& values) {
  std::vector<double> result;
  for (const Json& value : values) result.push_back(number(value));
  return result;
}

// |actual − expected| ≤ tolerance · |expected|; infinities and NaN must be the same.
inline testing::AssertionResult close(double actual, double expected, double tolerance) {
  const bool same = std::isfinite(expected)
                        ? std::fabs(actual - expected) <= tolerance * std::max(std::fabs(expected), 1e-12)
                        : actual == expected || (std::isnan(actual) && std::isnan(expected));
  if (same) return testing::AssertionSuccess();
  return testing::AssertionFailure() << std::setprecision(17) << actual << ", expected " << expected;
}

}  // namespace perfwarden::stats::test

#define EXPECT_CLOSE(actual, expected, tolerance) \
  EXPECT_TRUE(perfwarden::stats::test::close(actual, perfwarden::stats::test::number(expected), tolerance)) << #actual
