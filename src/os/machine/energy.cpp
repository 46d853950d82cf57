#include "os/machine/energy.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {
namespace {

constexpr std::size_t k_most_bytes = 64;  // of a number in a file

std::optional<double> number_in(const std::string& path) {
  const Result<std::string> text = read_file(path, k_most_bytes);
  return text ? text::to_double(text::trim(*text)) : std::nullopt;
}

// "intel-rapl:0", not its parts "intel-rapl:0:1".
bool is_package(const std::string& zone, const std::string& name) {
  return zone.find(':') != std::string::npos && zone.find(':') == zone.rfind(':') && name.starts_with("package");
}

}  // namespace

EnergyMeter::EnergyMeter(const std::string& root) {
  const Result<std::vector<std::string>> zones = list_directory(root);
  if (!zones) return;
  for (const std::string& zone : *zones) {
    const std::string folder = fmt::format("{}/{}", root, zone);
    const Result<std::string> name = read_file(folder + "/name", k_most_bytes);
    if (!name || !is_package(zone, *name)) continue;
    packages_.push_back({folder + "/energy_uj", number_in(folder + "/max_energy_range_uj").value_or(0)});
  }
  if (!read()) packages_.clear();  // not tried again for each run
}

std::optional<std::vector<double>> EnergyMeter::read() const {
  if (packages_.empty()) return std::nullopt;
  std::vector<double> out;
  for (const Package& package : packages_) {
    const std::optional<double> value = number_in(package.file);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

std::optional<double> EnergyMeter::since(const std::optional<std::vector<double>>& before) const {
  if (!before || before->size() != packages_.size()) return std::nullopt;
  const std::optional<std::vector<double>> now = read();
  if (!now) return std::nullopt;
  double joules = 0;
  for (std::size_t i = 0; i < packages_.size(); ++i) {
    double used = (*now)[i] - (*before)[i];
    if (used < 0) used += packages_[i].range_uj;
    if (used < 0) return std::nullopt;
    joules += used * 1e-6;
  }
  return joules;
}

}  // namespace perfwarden::os
