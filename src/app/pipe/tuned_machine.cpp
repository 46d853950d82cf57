#include "app/pipe/tuned_machine.hpp"

#include "app/cli/messages.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

TunedMachine::TunedMachine(World& world, const Config& config)
    : world_(world),
      config_(config),
      control_(os::MachineControl::take(config.machine, os::machine_places(os::absolute_path(k_work_directory)))) {
  for (const Warning& warning : control_.warnings()) warn(world_, warning.text);
}

TunedMachine::~TunedMachine() {
  for (const Warning& warning : control_.put_back()) warn(world_, warning.text);
}

Machine TunedMachine::machine() const {
  return with_builds(control_.machine(), config_);
}

void TunedMachine::pin(Plan& plan) const {
  for (Suite& suite : plan.suites)
    if (suite.cpus.empty()) suite.cpus = control_.cpus();
}

}  // namespace perfwarden::app
