#include "ingest/load_summary.hpp"

#include <fmt/format.h>

#include <string>

namespace perfwarden::ingest {
namespace {

Metric time_metric(std::string name, bool primary) {
  return {std::move(name), "s", Better::lower, false, primary};
}

Status add_times(Table& table, const std::string& name, const LoadSummary& load) {
  bool any = false;
  for (const auto& [percent, seconds] : load.percentiles) {
    const bool primary = percent == 50 || percent == 99;
    any = any || primary;
    PW_TRY(table.add(load.line, name, time_metric(fmt::format("p{:g}", percent), primary), "s", seconds));
  }
  if (load.mean_s) PW_TRY(table.add(load.line, name, time_metric("mean", !any), "s", *load.mean_s));
  if (load.max_s) PW_TRY(table.add(load.line, name, time_metric("max", false), "s", *load.max_s));
  if (load.per_second)
    PW_TRY(table.add(load.line, name, known_metric("throughput").value_or(Metric{}), "op/s", *load.per_second));
  return Nothing{};
}

}  // namespace

Status add_load(Table& table, const Document& document, const LoadSummary& load, std::string_view generator) {
  const std::string name = fallback_name(document);
  const bool all_failed = load.requests > 0 && load.failed_requests >= load.requests;
  if (!all_failed) PW_TRY(add_times(table, name, load));
  if (load.requests == 0) return Nothing{};
  const double share = static_cast<double>(load.failed_requests) / static_cast<double>(load.requests);
  if (!all_failed) PW_TRY(table.add(load.line, name, {"errors", "1", Better::lower, false, true}, "", share));
  Failed failed{.benchmark = name, .failed = load.failed_requests, .runs = load.requests, .dropped = all_failed};
  const std::string what = fmt::format("{} of {} requests failed", load.failed_requests, load.requests);
  failed.reason = fmt::format("{}:{}: {}", document.name, load.line, what);
  if (load.failed_requests > 0) table.note(load.line, "benchmark-failed", fmt::format("{}: {}", shown(name), what));
  table.add_failure(std::move(failed));
  table.note_summary_only(generator, "percentiles of its requests", "repeat the run to know the noise");
  return Nothing{};
}

}  // namespace perfwarden::ingest
