#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/machine.hpp"
#include "os/files/folder_lock.hpp"
#include "os/machine/host.hpp"

namespace perfwarden::os {

// Where a MachineControl finds the machine, and where it records the settings to restore.
struct MachinePlaces {
  std::string root;          // of /proc and /sys; "" = the real ones
  std::string state_folder;  // for this user alone; made when something is to be set
};
// /run/perfwarden for root, else `work_folder`/machine.
[[nodiscard]] MachinePlaces machine_places(const std::string& work_folder);

// The CPUs for Pinning::automatic: isolated ones that we may use, one a core, of the NUMA node that has most of them.
// Empty when none is isolated.
[[nodiscard]] std::vector<int> cpus_to_pin(const Host& host, const std::string& root = "");

// What restore_machine did.
struct Restored {
  std::vector<std::string> settings;  // "FILE = VALUE", put back
  std::vector<Warning> failed;
  bool damaged = false;  // the record was; it is now beside its place as "settings.damaged"
};
// Puts back what a crashed run left changed, also from a damaged record as far as that can be read. Does nothing while
// another perfwarden holds the folder.
[[nodiscard]] Restored restore_machine(const MachinePlaces& places);

// A MachineControl applies the config's machine settings and restores the old ones in the destructor. The old settings
// are first written to state_folder/settings, so that the next start can restore them after a crash; only files that
// this class itself sets are ever written from there. While another perfwarden holds the folder, nothing is set or
// restored. A setting that fails is a warning with its cure, never an Error. While a damaged record of a crashed run is
// there, nothing is set, lest that record be lost: doctor restores what can be read of it.
class MachineControl {
 public:
  // First restores the settings that a crashed run left changed.
  [[nodiscard]] static MachineControl take(const MachineConfig& wanted, const MachinePlaces& places);
  MachineControl(MachineControl&& other) noexcept = default;
  MachineControl& operator=(MachineControl&&) = delete;
  MachineControl(const MachineControl&) = delete;
  MachineControl& operator=(const MachineControl&) = delete;
  ~MachineControl();

  [[nodiscard]] const std::vector<int>& cpus() const { return cpus_; }  // to pin to; empty = as started
  [[nodiscard]] bool aslr_off() const { return aslr_off_; }             // for the benchmarks
  [[nodiscard]] const std::vector<Warning>& warnings() const { return warnings_; }
  // The facts of the machine as the benchmarks see it.
  [[nodiscard]] Machine machine() const;
  // Restores now instead of in the destructor; returns the settings that could not be restored. Does nothing the second
  // time.
  std::vector<Warning> put_back();

 private:
  struct Setting {
    std::string what;  // for messages
    std::string file, value;
  };
  using Settings = std::vector<Setting>;
  explicit MachineControl(MachinePlaces places) : places_(std::move(places)) {}
  [[nodiscard]] std::string state_file() const { return places_.state_folder + "/settings"; }
  [[nodiscard]] bool lock();
  void recover();
  struct State {
    Settings settings;
    bool damaged = false;  // settings are what can be read of it
  };
  [[nodiscard]] State read_state() const;
  friend Restored restore_machine(const MachinePlaces& places);
  [[nodiscard]] bool remember(const Settings& settings);
  void apply(const Settings& settings);

  [[nodiscard]] Settings wishes(const MachineConfig& wanted);
  void want(const std::string& what, const std::string& file, const std::string& value, Settings& out);
  void want_smt(bool on, Settings& out);
  void want_turbo(bool on, Settings& out);
  void want_governor(const std::string& governor, Settings& out);
  void want_interrupts_away(Settings& out);
  void warn(std::string text);

  MachinePlaces places_;
  std::optional<FolderLock> lock_;
  Settings before_;  // the settings that put_back restores
  std::vector<int> cpus_;
  bool aslr_off_ = false;
  bool damaged_ = false;  // the record of a crashed run is
  std::vector<Warning> warnings_;
};

// Whether some switch that a MachineControl sets is there and may be written.
[[nodiscard]] bool may_set_machine(const std::string& root = "");
// The settings file that an ended run left behind without restoring it; empty when there is none.
[[nodiscard]] std::string leftover_settings(const MachinePlaces& places);

// Whether children may be started without address space randomization; a container's seccomp filter may forbid it.
[[nodiscard]] bool may_turn_aslr_off();

}  // namespace perfwarden::os
