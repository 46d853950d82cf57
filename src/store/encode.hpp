#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/analysis.hpp"
#include "model/comparison.hpp"
#include "model/profile_summary.hpp"
#include "model/series.hpp"

// How structured values are kept in a column.
namespace perfwarden::store {

// Raw values of a series as JSON, "[[0.1,0.2],[]]": a list an invocation, which may be empty, so that its place is
// kept. Every number comes back bit for bit; null is NaN, and what is infinite is "inf" or "-inf".
[[nodiscard]] std::string encode_numbers(const std::vector<std::vector<double>>& invocations);
[[nodiscard]] std::optional<std::vector<std::vector<double>>> decode_numbers(
    std::string_view json);  // nullopt: damaged

// The same as bytes, from which digests and identities are taken: for each invocation in order a 32-bit count and that
// many IEEE 754 doubles, all little-endian. Until schema 6, raw values were kept so.
[[nodiscard]] std::string encode_values(const std::vector<std::vector<double>>& invocations);
[[nodiscard]] std::optional<std::vector<std::vector<double>>> decode_values(
    std::string_view bytes);  // nullopt: damaged

// JSON lists of short texts; bytes that are not UTF-8 become U+FFFD. Decoding skips elements of any other form.
[[nodiscard]] std::string encode_facts(const Machine& machine);  // [["cpu", "…"], …]
void decode_facts(std::string_view json, Machine& machine);
[[nodiscard]] std::string encode_warnings(const std::vector<Warning>& warnings);  // [["code", "text"], …]
[[nodiscard]] std::vector<Warning> decode_warnings(std::string_view json);
[[nodiscard]] std::string encode_times(const std::vector<UnitTime>& times);  // [["suite", "case", seconds], …]
[[nodiscard]] std::vector<UnitTime> decode_times(std::string_view json);
[[nodiscard]] std::string encode_criteria(const std::vector<Criterion>& criteria);  // [["name", met, "detail"], …]
[[nodiscard]] std::vector<Criterion> decode_criteria(std::string_view json);        // of names in k_criteria

[[nodiscard]] std::string encode_failures(const std::vector<Failure>& failures);  // [["suite", "case", "name", …], …]
[[nodiscard]] std::vector<Failure> decode_failures(std::string_view json);
[[nodiscard]] std::string encode_naming(const Series& series);  // empty where it has no qualifiers
void decode_naming(std::string_view json, Series& series);

[[nodiscard]] std::string encode_functions(const std::vector<FunctionShare>& functions);  // [["name", self, total], …]
[[nodiscard]] std::vector<FunctionShare> decode_functions(std::string_view json);

// Of everything in a run by which it is judged, in any order of the series; of an id that is there twice, the first
// counts.
[[nodiscard]] std::string digest_of(const RunInfo& run, const std::vector<Series>& series,
                                    const std::vector<Failure>& failures);

// A rating as it is kept: what was not measured is NaN. nullopt when nothing was.
[[nodiscard]] std::optional<Rating> decode_rating(double cpu, double memory);

// "2026-11" of an RFC 3339 time; "other" of a text that is not one.
[[nodiscard]] std::string month_of(std::string_view time);

// What charts and views show of a series. Quantiles are interpolated linearly (Hyndman and Fan 1996, type 7). NaN where
// there are too few values.
struct Described {
  std::size_t n = 0;                              // invocations with a value
  double q1 = k_nan, median = k_nan, q3 = k_nan;  // of the invocations' medians
  double coefficient_of_variation = k_nan;        // of the invocations' medians, n − 1 in the denominator
  double p95 = k_nan, p99 = k_nan;                // of all values
};
[[nodiscard]] Described describe(const std::vector<std::vector<double>>& invocations);

}  // namespace perfwarden::store
