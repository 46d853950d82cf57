#include "baseline/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"

namespace perfwarden::baseline {
namespace {

constexpr const char* k_placement_schema = "perfwarden.placement/1";
constexpr std::string_view k_measure_again = "remove the file, or measure it again: perfwarden selftest --placement";
constexpr std::size_t k_most_ranges = 100'000;
constexpr std::size_t k_most_placement_bytes = std::size_t{64} << 20;

// The fingerprint is joined to a path.
std::string placement_file(const std::string& directory, const std::string& fingerprint) {
  const bool plain = !fingerprint.empty() && std::all_of(fingerprint.begin(), fingerprint.end(), text::is_hex_digit);
  return fmt::format("{}/placement/{}.json", directory, plain ? fingerprint : "unknown");
}

double fraction(const json::Cursor& at, double low, double high) {
  const double value = at.number();
  if (!(value >= low && value <= high)) at.fail("a fraction is out of range");
  return value;
}

}  // namespace

Status keep_placement(const std::string& directory, const PlacementRanges& ranges) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const PlacementRange& one : ranges.ranges)
    rows.push_back({{"suite", one.id.suite},
                    {"benchmark", one.id.benchmark},
                    {"metric", one.id.metric},
                    {"low", one.low},
                    {"high", one.high},
                    {"error", one.error}});
  const nlohmann::ordered_json all{{"schema", k_placement_schema}, {"commit", ranges.commit},
                                   {"time", ranges.time},          {"fingerprint", ranges.fingerprint},
                                   {"layouts", ranges.layouts},    {"ranges", std::move(rows)}};
  return os::write_file(placement_file(directory, ranges.fingerprint), json::pretty(all, 1));
}

Result<std::optional<PlacementRanges>> read_placement(const std::string& directory, const std::string& fingerprint) {
  const std::string path = placement_file(directory, fingerprint);
  if (!os::exists(path)) return std::optional<PlacementRanges>();
  PW_TRY_ASSIGN(const std::string text, os::read_file(path, k_most_placement_bytes));
  PW_TRY_ASSIGN(const nlohmann::json value, json::parse(text, path, {.hint = k_measure_again}));
  json::Cursor::Problem problem;
  const json::Cursor root(value, "", problem);
  PlacementRanges out{.commit = root["commit"].text(),
                      .time = root["time"].text(),
                      .fingerprint = root["fingerprint"].text(),
                      .layouts = root["layouts"].size(),
                      .ranges = {}};
  if (root["schema"].text() != k_placement_schema) root["schema"].fail("another schema");
  root["ranges"].each(k_most_ranges, [&out](const json::Cursor& row) {
    out.ranges.push_back({.id = {row["suite"].text(), row["benchmark"].text(), row["metric"].text()},
                          .low = fraction(row["low"], -1, 0),
                          .high = fraction(row["high"], 0, 1e6),
                          .error = fraction(row["error"], 0, 1e6)});
  });
  if (root.failed())
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("what placement does is not known: {}: {}", problem.place, problem.what),
                 .where = path,
                 .hint = std::string(k_measure_again)};
  if (out.fingerprint != fingerprint) return std::optional<PlacementRanges>();
  return std::optional(std::move(out));
}

}  // namespace perfwarden::baseline
