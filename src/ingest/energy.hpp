#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

// Watts of one busy core, for an estimate: 3.5 W a vCPU at full load, the average over cloud servers of Cloud Carbon
// Footprint's methodology (cloudcarbonfootprint.org/docs/methodology, coefficients for AWS).
inline constexpr double k_core_watts = 3.5;
// Grams of CO2 equivalent per kWh of electricity: world average of 2023 (Ember, Global Electricity Review
// 2024).
inline constexpr double k_grams_per_kwh = 480;

[[nodiscard]] bool is_energy(std::string_view metric);  // "energy", "co2e": shown, gated only by name
// Both metrics of one process: from `joules` where they were measured, else from its CPU time.
[[nodiscard]] std::vector<std::pair<Metric, double>> energy_of(const Usage& usage, bool measured);
// How the energy of a suite was determined, with the factors.
[[nodiscard]] Warning energy_note(const std::string& suite, bool measured);

}  // namespace perfwarden::ingest
