#pragma once

#include <optional>
#include <string>
#include <vector>

namespace perfwarden::os {

// An EnergyMeter reads the energy that the processor's packages used, from the RAPL counters below
// /sys/class/powercap. They count the whole processor, including other programs. Since 2020 most systems let
// only root read them (CVE-2020-8694).
class EnergyMeter {
 public:
  explicit EnergyMeter(const std::string& root = "/sys/class/powercap");
  // Micro-joules of each package; nullopt when there is none or one cannot be read.
  [[nodiscard]] std::optional<std::vector<double>> read() const;
  // Joules from `before` to now; counters that wrapped around once are handled. nullopt as above.
  [[nodiscard]] std::optional<double> since(const std::optional<std::vector<double>>& before) const;

 private:
  struct Package {
    std::string file;     // energy_uj
    double range_uj = 0;  // where it wraps around
  };
  std::vector<Package> packages_;
};

}  // namespace perfwarden::os
