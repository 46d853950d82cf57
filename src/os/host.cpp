#include "os/host.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/text.hpp"
#include "os/files.hpp"

namespace perfwarden::os {
namespace {

constexpr std::size_t k_small_file = std::size_t{1} << 20;

// Reads files below one root; what cannot be read is empty.
class Root {
 public:
  explicit Root(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] bool is_real() const { return path_.empty(); }
  [[nodiscard]] bool has(const std::string& name) const { return exists(path_ + name); }
  [[nodiscard]] std::string text(const std::string& name) const {
    // /proc/cpuinfo of hundreds of CPUs is larger than one megabyte.
    return read_file(path_ + name, 16 * k_small_file).value_or("");
  }
  [[nodiscard]] std::string word(const std::string& name) const {
    return std::string(perfwarden::text::trim(text(name)));
  }
  [[nodiscard]] std::optional<long long> integer(const std::string& name) const {
    return perfwarden::text::to_integer(word(name));
  }

 private:
  std::string path_;
};

// The value after "key:" in a file of such lines; empty when there is none.
std::string value_of(std::string_view file, std::string_view key) {
  for (const std::string_view line : text::lines(file)) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && text::trim(line.substr(0, colon)) == key)
      return std::string(text::trim(line.substr(colon + 1)));
  }
  return "";
}

std::optional<int> small_integer(const std::optional<long long>& value) {
  if (!value || *value < -1'000'000 || *value > 1'000'000) return std::nullopt;
  return static_cast<int>(*value);
}

std::string cpu_model_of(const std::string& cpuinfo) {
  for (const std::string_view key : {"model name", "Model", "cpu model", "cpu", "Processor"})
    if (std::string value = value_of(cpuinfo, key); !value.empty()) return value;
  const std::string implementer = value_of(cpuinfo, "CPU implementer");
  if (implementer.empty()) return "";  // ARM servers give numbers only
  return fmt::format("ARM implementer {} part {} variant {}", implementer, value_of(cpuinfo, "CPU part"),
                     value_of(cpuinfo, "CPU variant"));
}

std::string governor_of(const Root& root, const std::vector<int>& online) {
  std::set<std::string> found;
  for (const int cpu : online) {
    const std::string name = root.word(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor", cpu));
    if (!name.empty()) found.insert(name);
  }
  return text::join(std::vector<std::string>(found.begin(), found.end()), ",");
}

std::optional<bool> turbo_of(const Root& root) {
  if (const auto off = root.integer("/sys/devices/system/cpu/intel_pstate/no_turbo")) return *off == 0;
  if (const auto on = root.integer("/sys/devices/system/cpu/cpufreq/boost")) return *on != 0;
  return std::nullopt;
}

std::string hypervisor_of(const Root& root, const std::string& cpuinfo) {
  if (std::string type = root.word("/sys/hypervisor/type"); !type.empty()) return type;
  const std::string flags = " " + value_of(cpuinfo, "flags") + " ";
  const bool flagged = flags.find(" hypervisor ") != std::string::npos;
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> vendors{
      {{"qemu", "kvm"},
       {"kvm", "kvm"},
       {"vmware", "vmware"},
       {"virtualbox", "virtualbox"},
       {"innotek", "virtualbox"},
       {"microsoft corporation", "hyper-v"},
       {"xen", "xen"},
       {"google", "google"},
       {"amazon ec2", "amazon"}}};
  const std::string maker =
      text::lower(root.word("/sys/class/dmi/id/sys_vendor") + " " + root.word("/sys/class/dmi/id/product_name"));
  for (const auto& [sign, name] : vendors)
    if (flagged && maker.find(sign) != std::string::npos) return std::string(name);
  if (flagged) return "unknown kind";
  return flags.size() > 2 ? "none" : "";
}

std::string container_of(const Root& root) {
  if (root.has("/.dockerenv")) return "docker";
  if (root.has("/run/.containerenv")) return "podman";
  const std::string groups = root.text("/proc/1/cgroup") + root.text("/proc/self/cgroup");
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> signs{{{"kubepods", "kubernetes"},
                                                                                       {"docker", "docker"},
                                                                                       {"libpod", "podman"},
                                                                                       {"containerd", "containerd"},
                                                                                       {"/lxc", "lxc"},
                                                                                       {"machine.slice", "nspawn"}}};
  for (const auto& [sign, name] : signs)
    if (groups.find(sign) != std::string::npos) return std::string(name);
  return groups.empty() ? "" : "none";
}

// The path of this process in the unified hierarchy, or in that of one version-1 controller.
std::string cgroup_path(const Root& root, std::string_view controller) {
  const std::string file = root.text("/proc/self/cgroup");
  for (const std::string_view line : text::lines(file)) {
    const std::vector<std::string_view> parts = text::split(line, ':');
    if (parts.size() < 3) continue;
    for (const std::string_view name : text::split(parts[1], ','))
      if (name == controller) return std::string(line.substr(parts[0].size() + parts[1].size() + 2));
  }
  return "";
}

// Where a container sees its own group as the root of the tree, the path in /proc/self/cgroup may not exist.
std::string first_present(const Root& root, const std::string& tree, const std::string& path, const std::string& file) {
  const std::string below = path == "/" ? "" : path;
  for (const std::string& group : {below, std::string()})
    if (std::string text = root.word(fmt::format("{}{}/{}", tree, group, file)); !text.empty()) return text;
  return "";
}

std::optional<double> cpu_limit_of(const Root& root) {
  const std::string unified = first_present(root, "/sys/fs/cgroup", cgroup_path(root, ""), "cpu.max");
  if (const auto words = text::split(unified, ' '); words.size() == 2) {
    if (words[0] == "max") return 0.0;
    const auto quota = text::to_double(words[0]);
    const auto period = text::to_double(words[1]);
    if (quota && period && *period > 0) return *quota / *period;
  }
  const std::string path = cgroup_path(root, "cpu");
  for (const std::string tree : {"/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu"}) {
    const auto quota = text::to_double(first_present(root, tree, path, "cpu.cfs_quota_us"));
    const auto period = text::to_double(first_present(root, tree, path, "cpu.cfs_period_us"));
    if (quota && *quota < 0) return 0.0;
    if (quota && period && *period > 0) return *quota / *period;
  }
  // The root group of a machine has no such file: it is not limited.
  if (root.has("/sys/fs/cgroup/cgroup.controllers") && cgroup_path(root, "") == "/") return 0.0;
  return std::nullopt;
}

std::optional<std::uint64_t> memory_limit_of(const Root& root) {
  constexpr long long k_no_limit = 1LL << 60;  // version 1 says "none" by a huge number
  const std::string unified = first_present(root, "/sys/fs/cgroup", cgroup_path(root, ""), "memory.max");
  const std::string text = !unified.empty() ? unified
                                            : first_present(root, "/sys/fs/cgroup/memory", cgroup_path(root, "memory"),
                                                            "memory.limit_in_bytes");
  if (text == "max") return 0;
  const auto bytes = text::to_integer(text);
  if (!bytes || *bytes < 0) return std::nullopt;
  return *bytes >= k_no_limit ? 0 : static_cast<std::uint64_t>(*bytes);
}

std::optional<std::uint64_t> kilobytes(const std::string& meminfo, std::string_view key) {
  const std::string value = value_of(meminfo, key);
  if (!value.ends_with(" kB")) return std::nullopt;
  const auto number = text::to_integer(std::string_view(value).substr(0, value.size() - 3));
  if (!number || *number < 0 || *number > (1LL << 50)) return std::nullopt;
  return static_cast<std::uint64_t>(*number) * 1024;
}

std::vector<int> usable_cpus(const Root& root) {
  if (!root.is_real()) return parse_cpu_list(value_of(root.text("/proc/self/status"), "Cpus_allowed_list"));
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) out.push_back(cpu);
  return out;
}

}  // namespace

Host read_host(const std::string& path) {
  const Root root(path);
  Host host;
  const std::string cpuinfo = root.text("/proc/cpuinfo");
  const std::string meminfo = root.text("/proc/meminfo");
  host.cpu_model = cpu_model_of(cpuinfo);
  host.microcode = value_of(cpuinfo, "microcode");
  const std::vector<int> online = parse_cpu_list(root.word("/sys/devices/system/cpu/online"));
  if (!online.empty()) host.cpus_online = static_cast<int>(online.size());
  host.cpus_usable = usable_cpus(root);
  host.cpus_isolated = parse_cpu_list(root.word("/sys/devices/system/cpu/isolated"));
  host.governor = governor_of(root, online);
  host.turbo = turbo_of(root);
  if (const auto active = root.integer("/sys/devices/system/cpu/smt/active")) host.smt = *active != 0;
  host.aslr = small_integer(root.integer("/proc/sys/kernel/randomize_va_space"));
  host.perf_event_paranoid = small_integer(root.integer("/proc/sys/kernel/perf_event_paranoid"));
  host.kernel = root.word("/proc/sys/kernel/osrelease");
  host.hypervisor = hypervisor_of(root, cpuinfo);
  host.container = container_of(root);
  host.cpu_limit = cpu_limit_of(root);
  host.memory_bytes = kilobytes(meminfo, "MemTotal");
  host.memory_limit_bytes = memory_limit_of(root);
  host.swap_total_bytes = kilobytes(meminfo, "SwapTotal");
  if (const auto free = kilobytes(meminfo, "SwapFree");
      free && host.swap_total_bytes && *free <= *host.swap_total_bytes)
    host.swap_used_bytes = *host.swap_total_bytes - *free;
  const std::string load = root.word("/proc/loadavg");
  host.load_1min = text::to_double(load.substr(0, load.find(' ')));
  return host;
}

std::optional<CpuTimes> read_cpu_times(const std::string& path) {
  const std::string stat = Root(path).text("/proc/stat");
  const std::vector<std::string_view> rows = text::lines(stat);
  if (rows.empty() || !rows[0].starts_with("cpu ")) return std::nullopt;
  // user nice system idle iowait irq softirq steal; guest time is part of user.
  std::vector<std::uint64_t> ticks;
  for (const std::string_view word : text::split(rows[0].substr(4), ' '))
    if (const auto value = text::to_integer(word); value && *value >= 0)
      ticks.push_back(static_cast<std::uint64_t>(*value));
  if (ticks.size() < 8) return std::nullopt;
  return CpuTimes{ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[3] + ticks[4], ticks[7]};
}

std::optional<CpuShares> shares_between(const CpuTimes& first, const CpuTimes& second) {
  if (second.busy < first.busy || second.idle < first.idle || second.steal < first.steal) return std::nullopt;
  const double busy = static_cast<double>(second.busy - first.busy);
  const double idle = static_cast<double>(second.idle - first.idle);
  const double steal = static_cast<double>(second.steal - first.steal);
  const double all = busy + idle + steal;
  if (all <= 0) return std::nullopt;
  return CpuShares{busy / all, steal / all};
}

std::optional<std::uint64_t> free_disk_bytes(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

std::optional<unsigned> owner_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

unsigned current_user() {
  return ::geteuid();
}

std::vector<int> parse_cpu_list(const std::string& list) {
  constexpr long long k_most_cpus = 65536;
  std::vector<int> out;
  for (const std::string_view part : text::split(list, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = text::to_integer(text::trim(part.substr(0, dash)));
    const auto last = dash == std::string_view::npos ? first : text::to_integer(text::trim(part.substr(dash + 1)));
    if (!first || !last || *first < 0 || *last < *first || *last >= k_most_cpus) return {};
    for (long long cpu = *first; cpu <= *last; ++cpu) out.push_back(static_cast<int>(cpu));
  }
  return out;
}

}  // namespace perfwarden::os
