#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/position.hpp"
#include "model/raw.hpp"

// What disturbed a measured process from outside, read before and after it runs, never during.
namespace perfwarden::os {

// DisturbanceLimits say when an invocation counts as disturbed: a reading beyond its limit that is also unusual here
// (see MachineWatch). They are about the machine alone, never about the measured value.
struct DisturbanceLimits {
  // Share of the wall time that other virtual machines took. A run is delayed by at most that share, and 2 % is half of
  // the smallest change that is worth an alarm (3.5 %: docs/statistics.md#looks-and-levels).
  double steal = 0.02;
  // CPUs that others kept busy, of those watched: an idle server's own housekeeping stays below a twentieth of a CPU.
  double others = 0.10;
  double others_of_all = 0.05;  // the same on a machine of many CPUs, as a share of all
  // Involuntary switches a second of CPU time. Kernel threads take the CPU 10 to 60 times a second for moments; a
  // competing process gets it every 4 ms, 250 times (measured on a virtual machine of two CPUs, Linux 6.18).
  double switches_per_s = 100;
  std::int64_t switches = 8;  // fewer are chance in a short run
  double frequency = 0.05;    // change of the clock against other runs; a step of turbo is about 3 %
  // Share of the wall time in which the cgroup's CPU quota held all of its processes.
  double held = 0.01;
  // The kernel counts CPU time in ticks of 10 ms: smaller times are rounding.
  double least_s = 0.03;
};
inline constexpr DisturbanceLimits k_disturbance_limits{};

// A Disturbance is what happened during one invocation. nullopt: unknown on this machine.
struct Disturbance {
  std::optional<double> steal;             // CPUs of those watched that other virtual machines had; ~ share of the time
  std::optional<double> others;            // CPUs of those watched that other processes kept busy
  std::optional<double> switches_per_s;    // involuntary; nullopt also when the run's own threads may be the cause
  std::optional<double> frequency_hz;      // of the fastest CPU watched, right after the run
  std::optional<std::uint64_t> throttled;  // times that heat slowed a CPU
  std::optional<double> held;              // by the CPU quota, share of the wall time
  std::vector<std::string> reasons;        // why it counts as disturbed; empty when calm

  [[nodiscard]] bool calm() const { return reasons.empty(); }
  [[nodiscard]] std::string reason() const;  // one line; empty when calm
};

// A MachineWatch reads the machine around each measured process. A reading counts as a disturbance when it is beyond
// its limit and beyond 1.5 times the upper quartile of the last 20 readings of the same benchmark: a machine that is
// always busy, or a benchmark that itself makes the kernel work, is not helped by running it again (warnings() reports
// it). The rule sees neither the measured values nor which side ran: exchanging base and head does not change its
// decision, so replacing whole pairs keeps the exact tests exact.
class MachineWatch {
 public:
  explicit MachineWatch(std::string root = "", const DisturbanceLimits& limits = k_disturbance_limits);

  // Right before the process starts. `cpus`: its affinity; empty = all that we may use.
  void begin(const std::vector<int>& cpus);
  // Right after it ended. `usage` is the kernel's account of it, `benchmark` what it is compared with ("suite/case",
  // the same for base and head).
  [[nodiscard]] Disturbance end(const Usage& usage, const std::string& benchmark);

  // What disturbed the whole run, with the cure; empty when the machine was mostly calm.
  [[nodiscard]] std::vector<Warning> warnings() const;

 private:
  struct Reading {
    std::optional<double> busy_s, steal_s;  // of the CPUs watched
    double own_s = 0;                       // perfwarden's own CPU time
    std::optional<std::uint64_t> throttled;
    std::optional<double> held_s;
  };
  using Past = std::map<std::string, std::vector<double>>;  // by benchmark

  [[nodiscard]] Reading read() const;
  [[nodiscard]] std::optional<double> frequency() const;
  [[nodiscard]] Disturbance between(const Reading& first, const Reading& last, const Usage& usage) const;
  void judge(Disturbance& found, const Usage& usage, const std::string& benchmark);
  void watch(const std::vector<int>& cpus);
  void choose_files();

  std::string root_;
  DisturbanceLimits limits_;
  std::vector<int> asked_, cpus_;  // as given; with the other threads of their cores
  bool chosen_ = false;
  std::vector<std::string> throttle_files_, clock_files_;  // of cpus_, as far as there are any
  struct {
    std::string file;  // empty: the cgroup has no quota, or it cannot be read
    std::string_view key;
    double unit_s = 0;
  } held_;
  Reading first_;
  double begun_s_ = 0;
  Past steals_, others_, switches_, frequencies_, helds_;
  double wall_s_ = 0, steal_s_ = 0, others_s_ = 0, held_s_ = 0;  // over all invocations
};

}  // namespace perfwarden::os
