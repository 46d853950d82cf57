#include "ingest/energy.hpp"

#include <fmt/format.h>

#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

constexpr double k_joules_per_kwh = 3.6e6;

}  // namespace

bool is_energy(std::string_view metric) {
  return metric == "energy" || metric == "co2e";
}

std::vector<std::pair<Metric, double>> energy_of(const Usage& usage, bool measured) {
  const double joules = measured && usage.energy_j ? *usage.energy_j : (usage.user_s + usage.system_s) * k_core_watts;
  std::vector<std::pair<Metric, double>> out;
  if (const std::optional<Metric> metric = known_metric("energy")) out.emplace_back(*metric, joules);
  if (const std::optional<Metric> metric = known_metric("co2e"))
    out.emplace_back(*metric, joules / k_joules_per_kwh * k_grams_per_kwh);
  return out;
}

Warning energy_note(const std::string& suite, bool measured) {
  const std::string how =
      measured
          ? std::string("measured by RAPL: all energy that the processor used during the run, other programs included")
          : fmt::format("an estimate, CPU time × {:g} W a core, since RAPL cannot be read on this machine",
                        k_core_watts);
  return {"energy", fmt::format("energy of suite '{}' is {}; CO2e at {:g} g/kWh", shown(suite), how, k_grams_per_kwh)};
}

}  // namespace perfwarden::ingest
