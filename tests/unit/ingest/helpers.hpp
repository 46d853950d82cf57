#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ingest/format.hpp"

namespace perfwarden::ingest {

inline Result<Reading> read_as(std::string_view format, std::string_view text, const Suite* suite = nullptr,
                               const std::string& case_name = "") {
  const Format* const row = find_format(format);
  if (row == nullptr) return Error{.kind = ErrorKind::config, .what = "no such format"};
  return row->read({text, "out.txt", nullptr, suite, case_name});
}

// The measurement of that benchmark and metric; one without values, and a failed test, when there is none.
inline Measurement find(const Result<Reading>& reading, std::string_view benchmark, std::string_view metric) {
  if (!reading) {
    ADD_FAILURE() << reading.error().text();
    return {};
  }
  for (const Measurement& measurement : reading->measurements)
    if (measurement.benchmark == benchmark && measurement.metric.name == metric) return measurement;
  ADD_FAILURE() << "no " << metric << " of " << benchmark;
  return {};
}

inline std::vector<std::string> texts(const std::vector<Warning>& warnings) {
  std::vector<std::string> out;
  for (const Warning& warning : warnings) out.push_back(warning.code + ": " + warning.text);
  return out;
}

inline std::vector<std::string> names(const Result<Reading>& reading) {
  std::vector<std::string> out;
  if (!reading) return {reading.error().text()};
  for (const Measurement& measurement : reading->measurements)
    out.push_back(measurement.benchmark + " " + measurement.metric.name);
  return out;
}

}  // namespace perfwarden::ingest
