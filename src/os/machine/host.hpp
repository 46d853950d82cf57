#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace perfwarden::os {

// Host is what /proc and /sys report about the machine, for the fingerprint and for `doctor`. An empty string or
// nullopt means that it could not be read: unknown, not absent.
struct Host {
  std::string cpu_model;
  std::string microcode;
  std::optional<int> cpus_online;
  std::vector<int> cpus_usable;    // affinity of this process; empty = unknown
  std::vector<int> cpus_isolated;  // isolcpus=; empty = none or unknown
  std::vector<int> cpus_allowed;   // by the cgroup's cpuset: where we may pin to; empty = unknown
  std::optional<int> numa_nodes;   // that are online
  std::string governor;            // of all online CPUs; joined by "," when they differ
  std::optional<bool> turbo;       // true: may clock above its base frequency
  std::optional<bool> smt;         // true: two threads share a core
  std::optional<int> aslr;         // randomize_va_space: 0 off, 1 part, 2 full
  std::string huge_pages;          // transparent ones: "always", "madvise" or "never"
  // Interrupts that may run on an isolated CPU; nullopt when none is isolated, or when they cannot be read.
  std::optional<int> interrupts_on_isolated;
  std::optional<std::uint64_t> capabilities;  // CapEff of this process, a bit each
  std::optional<int> perf_event_paranoid;
  std::string kernel;               // release, "6.1.0-18-amd64"
  std::string hypervisor;           // "kvm", "vmware", "xen", …, or "unknown kind"; "none" on bare metal
  std::string container;            // "docker", "podman", "kubernetes", "lxc", …; "none" outside
  std::optional<double> cpu_limit;  // CPUs that the cgroup may use at most, summed over time; 0 = no limit
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> memory_limit_bytes;  // of the cgroup; 0 = no limit
  std::optional<std::uint64_t> swap_used_bytes, swap_total_bytes;
  std::optional<double> load_1min;
};

// Reads below `root` ("" = the real machine).
[[nodiscard]] Host read_host(const std::string& root = "");

// CpuTimes is the first line of /proc/stat, in clock ticks since boot, over all CPUs.
struct CpuTimes {
  std::uint64_t busy = 0, idle = 0, steal = 0;
  friend bool operator==(const CpuTimes&, const CpuTimes&) = default;
};
[[nodiscard]] std::optional<CpuTimes> read_cpu_times(const std::string& root = "");

// Shares of the time between two readings, each 0 to 1; nullopt when no tick passed or the counters ran backwards.
struct CpuShares {
  double busy = 0, steal = 0;
  friend bool operator==(const CpuShares&, const CpuShares&) = default;
};
[[nodiscard]] std::optional<CpuShares> shares_between(const CpuTimes& first, const CpuTimes& second);

// CpuSeconds is the time of some CPUs since boot, in ticks of 10 ms.
struct CpuSeconds {
  double busy_s = 0, steal_s = 0;
};
// nullopt when one of them is not in /proc/stat (offline, or another one's).
[[nodiscard]] std::optional<CpuSeconds> read_cpu_times_of(const std::vector<int>& cpus, const std::string& root = "");

[[nodiscard]] std::vector<int> usable_cpus(const std::string& root = "");  // affinity of this process; empty = unknown
// The CPUs and those that share a core with one of them, sorted.
[[nodiscard]] std::vector<int> with_siblings(const std::vector<int>& cpus, const std::string& root = "");

[[nodiscard]] std::optional<std::uint64_t> free_disk_bytes(const std::string& path);  // for an unprivileged user
[[nodiscard]] std::optional<unsigned> owner_of(const std::string& path);              // user id
[[nodiscard]] unsigned current_user();                                                // effective user id

// Whether Host::capabilities hold one of linux/capability.h.
enum class Capability : unsigned { sys_admin = 21, perfmon = 38 };
[[nodiscard]] bool may(const Host& host, Capability capability);

// "0-3,8" for 0 1 2 3 8.
[[nodiscard]] std::string print_cpu_list(const std::vector<int>& cpus);
// A kernel's list of CPUs, "0-3,8" → 0 1 2 3 8; nothing for a malformed one.
[[nodiscard]] std::vector<int> parse_cpu_list(const std::string& list);

}  // namespace perfwarden::os
