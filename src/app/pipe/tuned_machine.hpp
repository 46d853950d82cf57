#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/cli/world.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "os/machine/control.hpp"

namespace perfwarden::app {

// Where perfwarden keeps its files about one checkout.
inline constexpr const char* k_work_directory = ".perfwarden";

// A TunedMachine sets this machine as the config wants it, and restores it in the destructor. A setting that could not
// be set or restored is a warning.
class TunedMachine {
 public:
  TunedMachine(World& world, const Config& config);
  ~TunedMachine();
  TunedMachine(const TunedMachine&) = delete;
  TunedMachine& operator=(const TunedMachine&) = delete;
  // With how the config has builds made.
  [[nodiscard]] Machine machine() const;
  [[nodiscard]] const std::vector<Warning>& warnings() const { return control_.warnings(); }
  // Gives suites that name no CPUs those of the config.
  void pin(Plan& plan) const;

 private:
  World& world_;
  const Config& config_;
  os::MachineControl control_;
};

}  // namespace perfwarden::app
