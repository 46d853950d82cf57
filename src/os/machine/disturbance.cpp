#include "os/machine/disturbance.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/machine/host.hpp"
#include "os/machine/kernel_files.hpp"

namespace perfwarden::os {
namespace {

constexpr std::size_t k_remembered = 20;      // readings a benchmark
constexpr std::size_t k_fewest_readings = 8;  // before "usual" means something
constexpr double k_unusual = 1.5;             // times the upper quartile
// On some kernels asking a CPU for its clock wakes it and takes milliseconds.
constexpr std::size_t k_most_clocks_asked = 16;
// Where the kernel tells for how long a CPU quota held this process's cgroup.
struct HeldFile {
  std::string_view controller;
  std::string tree;
  std::string_view key;
  double unit_s = 0;
};

constexpr double k_one_thread = 1.05;  // CPU time over wall time up to which a program runs one thread at a time

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::floor(share * static_cast<double>(values.size() - 1) + 0.5))];
}

void remember(std::vector<double>& past, double value) {
  if (past.size() == k_remembered) past.erase(past.begin());
  past.push_back(value);
}

bool is_unusual(double value, const std::vector<double>& past) {
  return past.size() < k_fewest_readings || value > k_unusual * quantile(past, 0.75);
}

// How far the clock is from its median, as a fraction; nullopt when that is usual here or cannot be said. Code can
// change the clock by itself (wide vectors), on one side even: then half of all readings are far from the median.
std::optional<double> clock_change(double hz, const std::vector<double>& past, double limit) {
  if (past.size() < k_fewest_readings) return std::nullopt;
  const double median = quantile(past, 0.5);
  if (!(median > 0)) return std::nullopt;
  std::vector<double> distances;
  distances.reserve(past.size());
  for (const double one : past) distances.push_back(std::abs(one / median - 1));
  const double change = hz / median - 1;
  if (std::abs(change) <= std::max(limit, k_unusual * quantile(distances, 0.75))) return std::nullopt;
  return change;
}

double number_after(const std::string& file, std::string_view key) {
  for (const std::string_view line : text::lines(file))
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ' ')
      return text::to_double(line.substr(key.size() + 1)).value_or(0);
  return 0;
}

}  // namespace

std::string Disturbance::reason() const {
  return text::join(reasons, ", ");
}

MachineWatch::MachineWatch(std::string root, const DisturbanceLimits& limits)
    : root_(std::move(root)), limits_(limits) {}

void MachineWatch::watch(const std::vector<int>& cpus) {
  if (chosen_ && cpus == asked_) return;
  asked_ = cpus;
  cpus_ = with_siblings(cpus.empty() ? usable_cpus(root_) : cpus, root_);
  chosen_ = true;
  choose_files();
}

// What this machine does not have is not asked for around every run.
void MachineWatch::choose_files() {
  const KernelFiles files(root_);
  const auto add = [&files](const std::string& name, std::vector<std::string>& to) {
    if (files.has(name)) to.push_back(name);
  };
  throttle_files_.clear();
  clock_files_.clear();
  for (const int cpu : cpus_) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu{}/", cpu);
    add(folder + "thermal_throttle/core_throttle_count", throttle_files_);
    add(folder + "thermal_throttle/package_throttle_count", throttle_files_);
    if (cpus_.size() <= k_most_clocks_asked) add(folder + "cpufreq/scaling_cur_freq", clock_files_);
  }
  held_ = {};
  for (const auto& [controller, tree, key, unit_s] : {HeldFile{"", "/sys/fs/cgroup", "throttled_usec", 1e-6},
                                                      {"cpu", "/sys/fs/cgroup/cpu,cpuacct", "throttled_time", 1e-9},
                                                      {"cpu", "/sys/fs/cgroup/cpu", "throttled_time", 1e-9}}) {
    const std::string name = files.cgroup_file(controller, tree, "cpu.stat");
    if (name.empty() || files.text(name).find(key) == std::string::npos) continue;
    held_ = {name, key, unit_s};
    return;
  }
}

MachineWatch::Reading MachineWatch::read() const {
  const KernelFiles files(root_);
  Reading reading;
  if (const auto times = read_cpu_times_of(cpus_, root_)) {
    reading.busy_s = times->busy_s;
    reading.steal_s = times->steal_s;
  }
  for (const std::string& name : throttle_files_)
    if (const auto count = files.integer(name); count && *count >= 0)
      reading.throttled = reading.throttled.value_or(0) + static_cast<std::uint64_t>(*count);
  if (!held_.file.empty()) reading.held_s = number_after(files.text(held_.file), held_.key) * held_.unit_s;
  if (files.is_real()) {
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    reading.own_s = seconds(own.ru_utime) + seconds(own.ru_stime);
  }
  return reading;
}

std::optional<double> MachineWatch::frequency() const {
  const KernelFiles files(root_);
  std::optional<double> fastest;
  for (const std::string& name : clock_files_) {
    const auto khz = files.integer(name);
    if (khz && *khz > 0) fastest = std::max(fastest.value_or(0), static_cast<double>(*khz) * 1000);
  }
  return fastest;
}

void MachineWatch::begin(const std::vector<int>& cpus) {
  watch(cpus);
  first_ = read();
  begun_s_ = SystemClock().monotonic_s();
}

Disturbance MachineWatch::between(const Reading& first, const Reading& last, const Usage& usage) const {
  Disturbance found;
  if (!(usage.wall_s > 0)) return found;
  // The readings frame the run, and what it takes to start it and to take its output.
  const double wall_s = std::max(usage.wall_s, SystemClock().monotonic_s() - begun_s_);
  const double used_s = usage.user_s + usage.system_s;
  if (first.steal_s && last.steal_s) found.steal = std::max(0.0, *last.steal_s - *first.steal_s) / wall_s;
  if (first.busy_s && last.busy_s) {
    const double all_s = *last.busy_s - *first.busy_s;
    found.others = std::max(0.0, all_s - used_s - (last.own_s - first.own_s)) / wall_s;
  }
  if (used_s > 0 && used_s / usage.wall_s <= k_one_thread)
    found.switches_per_s = static_cast<double>(usage.involuntary_switches) / used_s;
  if (first.throttled && last.throttled && *last.throttled >= *first.throttled)
    found.throttled = *last.throttled - *first.throttled;
  if (first.held_s && last.held_s) found.held = std::max(0.0, *last.held_s - *first.held_s) / wall_s;
  return found;
}

void MachineWatch::judge(Disturbance& found, const Usage& usage, const std::string& benchmark) {
  const double others_limit = std::max(limits_.others, limits_.others_of_all * static_cast<double>(cpus_.size()));
  const double rounding = limits_.least_s / usage.wall_s;
  const auto beyond = [&](const std::optional<double>& value, double limit, Past& past) {
    if (!value) return false;
    std::vector<double>& readings = past[benchmark];
    const bool is = *value > limit && is_unusual(*value, readings);
    remember(readings, *value);
    return is;
  };
  if (beyond(found.steal, std::max(limits_.steal, rounding), steals_))
    found.reasons.push_back(fmt::format("other virtual machines took {:.0f} % of the time", *found.steal * 100));
  if (beyond(found.others, std::max(others_limit, rounding), others_))
    found.reasons.push_back(fmt::format("other programs used {:.2f} CPUs at the same time", *found.others));
  if (beyond(found.switches_per_s, limits_.switches_per_s, switches_) && usage.involuntary_switches >= limits_.switches)
    found.reasons.push_back(fmt::format("it was preempted {} times", usage.involuntary_switches));
  if (beyond(found.held, limits_.held, helds_))
    found.reasons.push_back(fmt::format("the CPU quota throttled it for {:.0f} % of the time", *found.held * 100));
  if (found.throttled.value_or(0) > 0)
    found.reasons.push_back(fmt::format("heat slowed the CPU {} times", *found.throttled));
  if (!found.frequency_hz) return;
  std::vector<double>& clocks = frequencies_[benchmark];
  if (const auto change = clock_change(*found.frequency_hz, clocks, limits_.frequency))
    found.reasons.push_back(fmt::format("the clock was {:+.0f} % off", *change * 100));
  remember(clocks, *found.frequency_hz);
}

Disturbance MachineWatch::end(const Usage& usage, const std::string& benchmark) {
  const std::optional<double> hz = frequency();  // first: the clock falls when nothing runs
  Disturbance found = between(first_, read(), usage);
  if (!(usage.wall_s > 0)) return found;
  found.frequency_hz = hz;
  judge(found, usage, benchmark);
  wall_s_ += usage.wall_s;
  steal_s_ += found.steal.value_or(0) * usage.wall_s;
  others_s_ += found.others.value_or(0) * usage.wall_s;
  held_s_ += found.held.value_or(0) * usage.wall_s;
  return found;
}

std::vector<Warning> MachineWatch::warnings() const {
  std::vector<Warning> out;
  if (!(wall_s_ > limits_.least_s / limits_.steal)) return out;  // too short to tell
  const double others_limit = std::max(limits_.others, limits_.others_of_all * static_cast<double>(cpus_.size()));
  if (others_s_ / wall_s_ > others_limit)
    out.push_back(
        {"machine-busy",
         fmt::format(
             "other programs kept {:.2f} CPUs busy while benchmarks ran: stop them, or measure on a dedicated machine",
             others_s_ / wall_s_)});
  if (steal_s_ / wall_s_ > limits_.steal)
    out.push_back(
        {"machine-steal", fmt::format("other virtual machines took {:.0f} % of the time: use a dedicated host, "
                                      "or more runs",
                                      steal_s_ / wall_s_ * 100)});
  if (held_s_ / wall_s_ > limits_.held)
    out.push_back(
        {"machine-quota",
         fmt::format("the CPU quota of the container throttled benchmarks for {:.0f} % of the time: limit it by "
                     "--cpuset-cpus instead of --cpus",
                     held_s_ / wall_s_ * 100)});
  return out;
}

}  // namespace perfwarden::os
