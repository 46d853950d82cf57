#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/report.hpp"

namespace perfwarden::publish {

// A Marker is the invisible last line of our comment, by which we find the comment again:
// <!-- perfwarden:v1 key=<32 hex digits> head=<sha or none> run=<id>.<attempt> -->
struct Marker {
  std::string suites;   // 16 hex digits over the names of the suites, the workflow and the job
  std::string machine;  // 16 hex digits over the machine's fingerprint
  std::string head;     // commit; empty when unknown
  std::uint64_t run_id = 0;
  std::uint64_t run_attempt = 0;

  [[nodiscard]] std::string line() const;        // without a line end
  [[nodiscard]] std::size_t characters() const;  // added to a text by with_marker
  [[nodiscard]] bool same_key(const Marker& other) const { return suites == other.suites && machine == other.machine; }
  // Whether the other one comes from a later run, so that this one must not replace it.
  [[nodiscard]] bool older_than(const Marker& other) const;
  friend bool operator==(const Marker&, const Marker&) = default;
};

[[nodiscard]] Marker marker_of(const Report& report);

// The marker on the last line of a comment; nullopt when that line is anything else.
[[nodiscard]] std::optional<Marker> read_marker(std::string_view body);

// The comment's text, trimmed, with the marker below it.
[[nodiscard]] std::string with_marker(std::string_view markdown, const Marker& marker);

}  // namespace perfwarden::publish
