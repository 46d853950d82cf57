#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "os/machine/control.hpp"
#include "os/machine/host.hpp"

// What `doctor` found out about this machine, and what it reports.
namespace perfwarden::app {

// Facts are what doctor found out. nullopt: it could not be found out.
struct Facts {
  os::Host host;
  std::optional<os::CpuShares> shares;  // of a short time in which we did nothing
  std::string why_no_events;            // empty: events are counted
  std::string why_no_processes;         // empty: programs can be started
  std::string why_no_trace;             // empty: programs can be traced
  bool may_set_machine = false;         // some switch of MachineControl can be written
  std::string leftover;                 // file of settings that a living run of another user holds; empty = none
  os::Restored restored;                // what an interrupted run had left, now put back
  enum class Repository { inside, outside, refused, no_git };
  Repository repository = Repository::inside;
  std::vector<std::string> compilers;  // on PATH, that can be told to align functions, by name
  bool has_go = false;
  std::string git_version;  // "git version 2.39.5"; hostile text
  std::string directory;    // where we stand
  std::optional<unsigned> owner;
  unsigned user = 0;
  bool becomes_owner = true;  // as root: programs can be started as the owner
  std::optional<std::uint64_t> free_bytes;
  bool in_actions = false;
  bool has_token = false;
};

// A Check is one line of doctor's output. `impossible`: nothing can be measured here.
struct Check {
  enum class State { good, doubtful, impossible, unknown };
  State state = State::good;
  std::string name;
  std::string text;
  std::string cure;  // empty when there is nothing to do
  friend bool operator==(const Check&, const Check&) = default;
};

[[nodiscard]] std::vector<Check> diagnose(const Facts& facts);

}  // namespace perfwarden::app
