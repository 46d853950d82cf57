#include "app/doctor/diagnosis.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

using State = Check::State;

constexpr std::uint64_t k_mebibyte = std::uint64_t{1} << 20;
constexpr double k_busy_share = 0.10;  // of all CPUs; one benchmark run is disturbed noticeably beyond
constexpr double k_steal_share = 0.01;

Check good(std::string_view name, std::string text) {
  return {State::good, std::string(name), std::move(text), ""};
}
Check doubtful(std::string_view name, std::string text, std::string cure) {
  return {State::doubtful, std::string(name), std::move(text), std::move(cure)};
}
Check unknown(std::string_view name, std::string text, std::string cure = "") {
  return {State::unknown, std::string(name), "unknown: " + std::move(text), std::move(cure)};
}

std::string size_text(std::uint64_t bytes) {
  const double mebibytes = static_cast<double>(bytes) / static_cast<double>(k_mebibyte);
  return mebibytes >= 1024 ? fmt::format("{:.1f} GiB", mebibytes / 1024) : fmt::format("{:.0f} MiB", mebibytes);
}

Check processes(const Facts& facts) {
  if (facts.why_no_processes.empty()) return good("processes", "programs can be started");
  return {State::impossible, "processes", text::one_line(facts.why_no_processes),
          "perfwarden must be able to run /bin/sh: install a shell, and lift the limits on processes"};
}

Check cpus(const os::Host& host) {
  if (host.cpus_usable.empty()) return unknown("cpus", "this system does not say which CPUs perfwarden may use");
  std::string text = fmt::format("{} usable ({})", host.cpus_usable.size(), os::print_cpu_list(host.cpus_usable));
  if (host.cpus_online) text += fmt::format(", {} online", *host.cpus_online);
  const bool cut = host.cpus_online && !host.cpus_allowed.empty() &&
                   host.cpus_allowed.size() < static_cast<std::size_t>(*host.cpus_online);
  if (cut) text += fmt::format(", a cpuset allows {}", os::print_cpu_list(host.cpus_allowed));
  if (!host.cpus_isolated.empty())
    return good("cpus", text + fmt::format("; the kernel keeps {} free, and benchmarks are pinned there",
                                           os::print_cpu_list(host.cpus_isolated)));
  if (host.cpus_usable.size() == 1)
    return doubtful("cpus", text + ": benchmarks share it with everything else that runs",
                    "use a machine with two CPUs or more, so that one can be left to the rest");
  return good("cpus", text + fmt::format("; `pin: {{ cpus: {} }}` pins a suite to one", host.cpus_usable.back()));
}

Check numa(const os::Host& host) {
  if (!host.numa_nodes) return unknown("numa", "the machine does not show its memory nodes");
  if (*host.numa_nodes == 1) return good("numa", "one node: all memory is equally near");
  if (!host.cpus_isolated.empty())
    return good("numa", fmt::format("{} nodes; benchmarks are pinned within one", *host.numa_nodes));
  return doubtful("numa", fmt::format("{} nodes: a run may get memory that is far from its CPU", *host.numa_nodes),
                  "pin suites to CPUs of one node, which `lscpu` lists: machine: { pin: \"…\" }");
}

Check huge_pages(const os::Host& host) {
  if (host.huge_pages.empty()) return unknown("thp", "the kernel does not show transparent huge pages");
  if (host.huge_pages != "always")
    return good("thp", host.huge_pages == "never" ? "never" : "madvise: only for programs that ask");
  return doubtful("thp", "always: the kernel joins pages in the background, at times that vary",
                  "machine: { thp: madvise } in the config, as root");
}

Check interrupts(const os::Host& host) {
  if (host.cpus_isolated.empty()) return good("irq", "no CPU is isolated that interrupts could disturb");
  if (!host.interrupts_on_isolated) return unknown("irq", "/proc/irq cannot be read");
  if (*host.interrupts_on_isolated == 0) return good("irq", "none on the isolated CPUs");
  return doubtful("irq", fmt::format("{} interrupts may run on the isolated CPUs", *host.interrupts_on_isolated),
                  "machine: { irq: away } in the config, as root, and stop irqbalance");
}

// Whether machine settings can be changed, and whether any change would help.
Check rights(const Facts& facts) {
  if (facts.may_set_machine) return good("rights", "`machine:` in the config can set this machine");
  const os::Host& host = facts.host;
  const bool worth = (!host.governor.empty() && host.governor != "performance") || host.turbo.value_or(false);
  if (!worth) return good("rights", "none to set the machine, and there is nothing to set");
  const bool contained = !host.container.empty() && host.container != "none";
  return doubtful("rights", "none to set the machine: `machine:` in the config has no effect",
                  contained ? "set it on the host; or give the container --privileged, which lets benchmarks do "
                              "anything there too"
                            : "run perfwarden as root: benchmarks still run as the workspace's owner");
}

Check leftovers(const Facts& facts) {
  const os::Restored& restored = facts.restored;
  if (!facts.leftover.empty())
    return doubtful("settings",
                    "an interrupted run left settings of the machine changed (" + text::one_line(facts.leftover) +
                        "), which could not all be put back: " +
                        (restored.failed.empty() ? "the file is not ours alone" : restored.failed.front().text),
                    "run perfwarden doctor as the user who measures, on the host");
  const std::string what = restored.settings.empty() ? "nothing" : text::join(restored.settings, ", ");
  if (restored.damaged)
    return doubtful(
        "settings",
        "the record of what an interrupted run changed was damaged; what could be read of it was put back: " +
            text::one_line(what),
        "look at governor, turbo and SMT yourself");
  if (!restored.settings.empty())
    return good("settings", "put back, as an interrupted run had left them changed: " + text::one_line(what));
  return good("settings", "as they were: no interrupted run left any");
}

Check governor(const os::Host& host) {
  if (host.governor.empty())
    return unknown("governor", "the machine does not show it, as virtual machines and containers often do not");
  if (host.governor == "performance") return good("governor", "performance");
  return doubtful("governor", text::one_line(host.governor) + ": the clock follows the load",
                  "machine: { governor: performance } in the config, as root; or sudo cpupower frequency-set -g "
                  "performance");
}

Check turbo(const os::Host& host) {
  if (!host.turbo) return unknown("turbo", "the machine does not show it");
  if (!*host.turbo) return good("turbo", "off: the clock is steady");
  return doubtful("turbo", "on: the clock depends on heat and on the neighbouring cores",
                  "machine: { turbo: off } in the config, as root");
}

Check smt(const os::Host& host) {
  if (!host.smt) return unknown("smt", "the machine does not show whether two threads share a core");
  if (!*host.smt) return good("smt", "off: every CPU is a core of its own");
  return doubtful("smt", "on: two CPUs share each core",
                  "machine: { smt: off } in the config, as root; or leave the other thread of a pinned core idle");
}

Check aslr(const os::Host& host) {
  if (!host.aslr) return unknown("aslr", "/proc/sys/kernel/randomize_va_space cannot be read");
  if (*host.aslr > 0) return good("aslr", "on: every run has another memory layout, and several runs average that out");
  // Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009.
  return doubtful("aslr", "off: all runs share one memory layout, which may favour one side by chance",
                  "sudo sysctl kernel.randomize_va_space=2");
}

Check counters(const Facts& facts) {
  if (facts.why_no_events.empty()) return good("counters", "instructions, cycles and misses are counted");
  return doubtful("counters", "instructions, cycles and misses are not counted", text::one_line(facts.why_no_events));
}

Check tracing(const Facts& facts) {
  if (facts.why_no_trace.empty())
    return good("tracing", "what benchmarks run can be seen, so that equal programs are recognised");
  return doubtful("tracing",
                  "not possible, so it is not known whether each side runs its own code, or both the same: " +
                      text::one_line(facts.why_no_trace),
                  "allow ptrace and seccomp: a container of Docker 20.10 or later, or --cap-add=SYS_PTRACE");
}

Check swap(const os::Host& host) {
  if (!host.swap_total_bytes || !host.swap_used_bytes) return unknown("swap", "/proc/meminfo does not say");
  if (*host.swap_total_bytes == 0) return good("swap", "none");
  if (*host.swap_used_bytes < k_mebibyte) return good("swap", "not in use");
  return doubtful("swap", size_text(*host.swap_used_bytes) + " in use: a run that waits for the disk is slow by chance",
                  "free some memory, then sudo swapoff -a");
}

Check load(const Facts& facts) {
  const std::string average =
      facts.host.load_1min ? fmt::format(" (load average {:.2f})", *facts.host.load_1min) : std::string();
  if (!facts.shares) return unknown("load", "/proc/stat does not tell" + average);
  const double percent = std::round(facts.shares->busy * 100);
  if (facts.shares->busy < k_busy_share)
    return good("load", fmt::format("{} % of the CPU time is in use{}", percent, average));
  return doubtful("load", fmt::format("{} % of the CPU time is in use by others{}", percent, average),
                  "stop what `top` shows, or measure on a dedicated machine");
}

Check steal(const Facts& facts) {
  if (!facts.shares) return unknown("steal", "/proc/stat does not tell");
  if (facts.shares->steal < k_steal_share) return good("steal", "no time was taken by other virtual machines just now");
  return doubtful("steal",
                  fmt::format("{:.0f} % of the time was taken by other virtual machines", facts.shares->steal * 100),
                  "use a dedicated host or bare metal; if you cannot, more runs help");
}

Check hypervisor(const os::Host& host) {
  if (host.hypervisor.empty()) return unknown("machine", "the machine does not say whether it is virtual");
  if (host.hypervisor == "none") return good("machine", "no hypervisor");
  return doubtful("machine", "virtual (" + text::one_line(host.hypervisor) + "): neighbours may disturb",
                  "compare base and head in one run, as `check` does: what disturbs both sides cancels out");
}

Check container(const os::Host& host) {
  const bool inside = !host.container.empty() && host.container != "none";
  std::string kind = host.container.empty() ? "container unknown"
                     : inside               ? "in a container (" + text::one_line(host.container) + ")"
                                            : "no container";
  if (inside && host.capabilities) {
    const bool counts = os::may(host, os::Capability::perfmon) || os::may(host, os::Capability::sys_admin);
    kind += counts ? " with CAP_PERFMON" : " without CAP_PERFMON, which counters need";
  }
  if (!host.cpu_limit) return unknown("container", kind + ", and the CPU limit cannot be read");
  if (*host.cpu_limit <= 0) return good("container", kind + ", no CPU limit");
  return doubtful(
      "container",
      fmt::format("{}, limited to {:g} CPUs: the kernel pauses a run that used up its share", kind, *host.cpu_limit),
      "limit by --cpuset-cpus instead of --cpus");
}

Check git(const Facts& facts) {
  if (facts.repository == Facts::Repository::no_git)
    return doubtful("git", "not found: `check` cannot get the base commit",
                    "install git; `run` and `compare` work without it");
  return good("git", text::one_line(facts.git_version));
}

Check workspace(const Facts& facts) {
  const std::string folder = text::one_line(facts.directory);
  if (facts.repository == Facts::Repository::refused)
    return doubtful("workspace",
                    fmt::format("git refuses {}: it belongs to user {}, and this is user {}", folder,
                                facts.owner ? fmt::format("{}", *facts.owner) : "unknown", facts.user),
                    fmt::format("git config --global --add safe.directory {}", folder));
  if (!facts.owner) return unknown("workspace", "the owner of " + folder + " cannot be read");
  const std::string repository =
      facts.repository == Facts::Repository::outside ? "; it is in no git repository, so `check` has no base" : "";
  if (*facts.owner == facts.user) return good("workspace", fmt::format("{} is ours{}", folder, repository));
  if (facts.user == 0 && !facts.becomes_owner)
    return doubtful("workspace",
                    fmt::format("{} belongs to user {}, whom the kernel does not let this root become: git runs as "
                                "root, and no benchmark can be started",
                                folder, *facts.owner),
                    "run without --cap-drop=SETUID and --cap-drop=SETGID, and map that user in the user namespace");
  if (facts.user == 0)
    return good("workspace",
                fmt::format("{} belongs to user {}: benchmarks run as that user, who also gets the files{}", folder,
                            *facts.owner, repository));
  return doubtful(
      "workspace",
      fmt::format("{} belongs to user {}, and this is user {}{}", folder, *facts.owner, facts.user, repository),
      "run as the owner, or make sure that reports can be written there");
}

Check disk(const Facts& facts) {
  if (!facts.free_bytes) return unknown("disk", "the free space cannot be read");
  const std::string free = size_text(*facts.free_bytes) + " free";
  if (*facts.free_bytes < 16 * k_mebibyte)
    return {State::impossible, "disk", free + ": neither a build nor a report fits", "free some space"};
  if (*facts.free_bytes < 1024 * k_mebibyte)
    return doubtful("disk", free + ": a second checkout and its build may not fit", "free some space");
  return good("disk", free);
}

// What keeps moved code from seeming slower: docs/statistics.md, Placement.
Check placement(const Facts& facts) {
  std::vector<std::string> usual;
  for (const std::string& name : facts.compilers)
    if (name.find('-') == std::string::npos) usual.push_back(name);
  const std::string go = "Go's linker aligns functions only when it is told to";
  const std::string cure = "with Go 1.25 or later: go test -ldflags=-funcalign=64";
  if (facts.directory.find_first_of(": \t") != std::string::npos)
    return doubtful("placement", "builds cannot align functions: the folder's path has blanks or ':'",
                    "check out to a folder without them");
  if (facts.compilers.empty())
    return facts.has_go ? doubtful("placement", go, cure)
                        : good("placement", "there is no compiler on PATH whose functions could be aligned");
  const std::string text =
      fmt::format("builds align functions: {}", text::join(usual.empty() ? facts.compilers : usual, ", "));
  return facts.has_go ? Check{State::good, "placement", text + "; " + go, cure} : good("placement", text);
}

Check token(const Facts& facts) {
  if (facts.has_token) return good("token", "given; it is never shown, and benchmarks do not get it");
  if (!facts.in_actions) return good("token", "none, and none is needed outside GitHub Actions");
  return doubtful("token", "none: no comment, label or check can be written; the verdict is the same",
                  "pass `token: ${{ github.token }}` to the action");
}

}  // namespace

std::vector<Check> diagnose(const Facts& facts) {
  const os::Host& host = facts.host;
  return {processes(facts), cpus(host),       numa(host),       governor(host),   turbo(host),    smt(host),
          aslr(host),       huge_pages(host), interrupts(host), counters(facts),  tracing(facts), swap(host),
          load(facts),      steal(facts),     hypervisor(host), container(host),  rights(facts),  leftovers(facts),
          git(facts),       workspace(facts), disk(facts),      placement(facts), token(facts)};
}

}  // namespace perfwarden::app
