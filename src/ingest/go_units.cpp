#include "ingest/go_units.hpp"

#include <string>

#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

Unit unit_of_custom(std::string_view spelled) {
  const std::string_view over = spelled.substr(0, spelled.find('/'));
  const std::size_t dash = over.rfind('-');
  const std::string_view last = dash == std::string_view::npos ? over : over.substr(dash + 1);
  if (last == "ns") return unit_in_words("ns");
  return last == "bytes" && last != spelled ? unit_in_words("B") : unit_in_words(spelled);
}

}  // namespace

GoMetric go_metric(std::string_view unit) {
  const auto known = [&](const char* name, const char* same) {
    return GoMetric{known_metric(name).value_or(Metric{}), unit_in_words(same)};
  };
  if (unit == "ns/op") return known("wall_time", "ns");
  if (unit == "sec/op") return known("wall_time", "s");  // as golang.org/x/perf writes it
  if (unit == "MB/s") return known("byte_throughput", "MB/s");
  if (unit == "B/op") return known("allocated_bytes", "B");
  if (unit == "allocs/op") return known("allocations", "1");
  const Unit base = unit_of_custom(unit);
  return {Metric{std::string(unit), base.base, better_of(unit, base.base), false, false}, base};
}

}  // namespace perfwarden::ingest
