#include "os/machine/host.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>

#include "base/text.hpp"
#include "os/machine/kernel_files.hpp"

namespace perfwarden::os {
namespace {

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

std::string governor_of(const KernelFiles& root, const std::vector<int>& online) {
  std::set<std::string> found;
  for (const int cpu : online) {
    const std::string name = root.word(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor", cpu));
    if (!name.empty()) found.insert(name);
  }
  return text::join(std::vector<std::string>(found.begin(), found.end()), ",");
}

std::optional<bool> turbo_of(const KernelFiles& root) {
  if (const auto off = root.integer("/sys/devices/system/cpu/intel_pstate/no_turbo")) return *off == 0;
  if (const auto on = root.integer("/sys/devices/system/cpu/cpufreq/boost")) return *on != 0;
  return std::nullopt;
}

std::string hypervisor_of(const KernelFiles& root, const std::string& cpuinfo) {
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

std::string container_of(const KernelFiles& root) {
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

std::string trimmed(const std::string& value) {
  return std::string(text::trim(value));
}

std::optional<double> cpu_limit_of(const KernelFiles& root) {
  const std::string unified = trimmed(root.of_cgroup("", "/sys/fs/cgroup", "cpu.max"));
  if (const auto words = text::split(unified, ' '); words.size() == 2) {
    if (words[0] == "max") return 0.0;
    const auto quota = text::to_double(words[0]);
    const auto period = text::to_double(words[1]);
    if (quota && period && *period > 0) return *quota / *period;
  }
  for (const std::string tree : {"/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu"}) {
    const auto quota = text::to_double(trimmed(root.of_cgroup("cpu", tree, "cpu.cfs_quota_us")));
    const auto period = text::to_double(trimmed(root.of_cgroup("cpu", tree, "cpu.cfs_period_us")));
    if (quota && *quota < 0) return 0.0;
    if (quota && period && *period > 0) return *quota / *period;
  }
  // The root group of a machine has no such file: it is not limited.
  if (root.has("/sys/fs/cgroup/cgroup.controllers") && root.cgroup_path("") == "/") return 0.0;
  return std::nullopt;
}

std::optional<std::uint64_t> memory_limit_of(const KernelFiles& root) {
  constexpr long long k_no_limit = 1LL << 60;  // version 1 says "none" by a huge number
  const std::string unified = trimmed(root.of_cgroup("", "/sys/fs/cgroup", "memory.max"));
  const std::string text =
      !unified.empty() ? unified : trimmed(root.of_cgroup("memory", "/sys/fs/cgroup/memory", "memory.limit_in_bytes"));
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

std::vector<int> allowed_cpus(const KernelFiles& root) {
  std::string list = trimmed(root.of_cgroup("", "/sys/fs/cgroup", "cpuset.cpus.effective"));
  for (const char* name : {"cpuset.effective_cpus", "cpuset.cpus"})
    if (list.empty()) list = trimmed(root.of_cgroup("cpuset", "/sys/fs/cgroup/cpuset", name));
  return parse_cpu_list(list);
}

// "always [madvise] never" → "madvise"
std::string chosen_word(std::string_view line) {
  const std::size_t open = line.find('['), close = line.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return "";
  return std::string(line.substr(open + 1, close - open - 1));
}

std::optional<int> interrupts_on(const KernelFiles& root, const std::vector<int>& cpus) {
  if (cpus.empty()) return std::nullopt;
  int count = 0;
  bool any = false;
  for (const std::string& name : root.names_in("/proc/irq")) {
    const std::vector<int> where = parse_cpu_list(root.word(fmt::format("/proc/irq/{}/smp_affinity_list", name)));
    any = any || !where.empty();
    const bool on = std::any_of(where.begin(), where.end(),
                                [&cpus](int cpu) { return std::find(cpus.begin(), cpus.end(), cpu) != cpus.end(); });
    count += on ? 1 : 0;
  }
  return any ? std::optional(count) : std::nullopt;
}

std::optional<std::uint64_t> capabilities_of(const KernelFiles& root) {
  const std::string digits = value_of(root.text("/proc/self/status"), "CapEff");
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return bits;
}

std::optional<int> count_of(const std::vector<int>& list) {
  return list.empty() ? std::nullopt : std::optional(static_cast<int>(list.size()));
}

}  // namespace

Host read_host(const std::string& path) {
  const KernelFiles root(path);
  Host host;
  const std::string cpuinfo = root.text("/proc/cpuinfo");
  const std::string meminfo = root.text("/proc/meminfo");
  host.cpu_model = cpu_model_of(cpuinfo);
  host.microcode = value_of(cpuinfo, "microcode");
  const std::vector<int> online = parse_cpu_list(root.word("/sys/devices/system/cpu/online"));
  host.cpus_online = count_of(online);
  host.cpus_usable = usable_cpus(path);
  host.cpus_allowed = allowed_cpus(root);
  host.numa_nodes = count_of(parse_cpu_list(root.word("/sys/devices/system/node/online")));
  host.cpus_isolated = parse_cpu_list(root.word("/sys/devices/system/cpu/isolated"));
  host.governor = governor_of(root, online);
  host.turbo = turbo_of(root);
  if (const auto active = root.integer("/sys/devices/system/cpu/smt/active")) host.smt = *active != 0;
  host.aslr = small_integer(root.integer("/proc/sys/kernel/randomize_va_space"));
  host.huge_pages = chosen_word(root.word("/sys/kernel/mm/transparent_hugepage/enabled"));
  host.interrupts_on_isolated = interrupts_on(root, host.cpus_isolated);
  host.capabilities = capabilities_of(root);
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
  const std::string stat = KernelFiles(path).text("/proc/stat");
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

std::optional<CpuSeconds> read_cpu_times_of(const std::vector<int>& cpus, const std::string& path) {
  constexpr double k_tick_s = 0.01;
  const std::string stat = KernelFiles(path).text("/proc/stat");
  CpuSeconds out;
  std::size_t found = 0;
  for (const std::string_view row : text::lines(stat)) {
    if (!row.starts_with("cpu")) break;  // the CPUs come first, and what follows is long
    const std::vector<std::string_view> words = text::split(row, ' ');
    const auto cpu = text::to_integer(words[0].substr(3));
    if (!cpu || words.size() < 9 || std::find(cpus.begin(), cpus.end(), static_cast<int>(*cpu)) == cpus.end()) continue;
    ++found;
    for (const std::size_t column : {1U, 2U, 3U, 6U, 7U})  // user nice system irq softirq
      out.busy_s += static_cast<double>(text::to_integer(words[column]).value_or(0)) * k_tick_s;
    out.steal_s += static_cast<double>(text::to_integer(words[8]).value_or(0)) * k_tick_s;
  }
  if (found == 0 || found != cpus.size()) return std::nullopt;
  return out;
}

std::vector<int> usable_cpus(const std::string& path) {
  const KernelFiles root(path);
  if (!root.is_real()) return parse_cpu_list(value_of(root.text("/proc/self/status"), "Cpus_allowed_list"));
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) out.push_back(cpu);
  return out;
}

std::vector<int> with_siblings(const std::vector<int>& cpus, const std::string& path) {
  const KernelFiles root(path);
  std::set<int> out(cpus.begin(), cpus.end());
  for (const int cpu : cpus) {
    const std::string file = fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu);
    for (const int sibling : parse_cpu_list(root.word(file))) out.insert(sibling);
  }
  return {out.begin(), out.end()};
}

bool may(const Host& host, Capability capability) {
  return host.capabilities && ((*host.capabilities >> static_cast<unsigned>(capability)) & 1U) != 0;
}

std::string print_cpu_list(const std::vector<int>& cpus) {
  std::string out;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!out.empty()) out += ',';
    out += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return out;
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
