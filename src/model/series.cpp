#include "model/series.hpp"

#include <array>
#include <utility>

#include "model/unit.hpp"

namespace perfwarden {

std::string SeriesId::path() const {
  return suite + "/" + benchmark + "/" + metric;
}

std::optional<Metric> known_metric(std::string_view name) {
  struct Row {
    std::string_view name, unit;
    Better better;
    bool deterministic, primary;
  };
  // primary: what a person means by "slower" or "larger"; the rest explains it and is gated only by
  // name.
  static constexpr std::array<Row, 19> k_rows{{
      {"wall_time", "s", Better::lower, false, true},
      {"cpu_time", "s", Better::lower, false, false},
      {"user_time", "s", Better::lower, false, false},
      {"system_time", "s", Better::lower, false, false},
      {"max_rss", "B", Better::lower, false, false},
      {"page_faults", "1", Better::lower, false, false},
      {"context_switches", "1", Better::lower, false, false},
      {"instructions", "1", Better::lower, false, false},
      {"cycles", "1", Better::lower, false, false},
      {"cache_misses", "1", Better::lower, false, false},
      {"branch_misses", "1", Better::lower, false, false},
      {"throughput", "op/s", Better::higher, false, false},
      {"byte_throughput", "B/s", Better::higher, false, false},
      {"allocations", "1", Better::lower, false, true},
      {"allocated_bytes", "B", Better::lower, false, true},
      {"peak_heap", "B", Better::lower, false, true},
      {"energy", "J", Better::lower, false, false},
      {"co2e", "g", Better::lower, false, false},
      {"binary_size", "B", Better::lower, true, true},
  }};
  for (const Row& row : k_rows)
    if (row.name == name)
      return Metric{std::string(name), std::string(row.unit), row.better, row.deterministic, row.primary};
  return std::nullopt;
}

Better better_of_unit(std::string_view base_unit) {
  const Dimension dimension = unit_of(base_unit).dimension;
  const bool rate = dimension == Dimension::rate || dimension == Dimension::byte_rate;
  return rate || base_unit.ends_with("/s") ? Better::higher : Better::lower;
}

double bad_sign(const Metric& metric) {
  return metric.better == Better::lower ? 1 : -1;
}

bool is_of_case(std::string_view benchmark, std::string_view case_name) {
  if (!benchmark.ends_with(case_name)) return false;
  const std::string_view before = benchmark.substr(0, benchmark.size() - case_name.size());
  return before.empty() || before.ends_with('/');
}

}  // namespace perfwarden
