#include "os/machine/facts.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "os/machine/host.hpp"

namespace perfwarden::os {
namespace {

// What the kernel keeps for itself differs a little from boot to boot, so memory is told in whole GiB (in halves below
// four).
std::string rounded_memory(std::uint64_t bytes) {
  const double gib = static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0);
  return fmt::format("{:g} GiB", gib < 4 ? std::max(0.5, std::round(gib * 2) / 2) : std::round(gib));
}

}  // namespace

Machine read_machine(const std::string& root) {
  const Host host = read_host(root);
  Machine machine;
  const auto add = [&machine](std::string_view name, const std::string& value) {
    if (!value.empty()) machine.facts.emplace_back(name, text::one_line(value));
  };
  const auto on_off = [](const std::optional<bool>& value) {
    return !value ? std::string() : *value ? std::string("on") : std::string("off");
  };
  add("cpu", host.cpu_model);
  add("microcode", host.microcode);
  add("cores", host.cpus_online ? std::to_string(*host.cpus_online) : "");
  // Less than all: a cpuset, or CPUs that the kernel keeps free.
  if (!host.cpus_usable.empty() && host.cpus_online && static_cast<int>(host.cpus_usable.size()) != *host.cpus_online)
    add("usable", print_cpu_list(host.cpus_usable));
  add("isolated", print_cpu_list(host.cpus_isolated));
  add("numa", host.numa_nodes ? std::to_string(*host.numa_nodes) : "");
  add("governor", host.governor);
  add("turbo", on_off(host.turbo));
  add("smt", on_off(host.smt));
  add("aslr", host.aslr ? std::to_string(*host.aslr) : "");
  add("huge_pages", host.huge_pages);
  add("swap", !host.swap_total_bytes ? "" : *host.swap_total_bytes > 0 ? "on" : "none");
  add("kernel", host.kernel);
  add("hypervisor", host.hypervisor);
  add("container", host.container);
  add("cpu_limit", !host.cpu_limit ? "" : *host.cpu_limit > 0 ? fmt::format("{:g}", *host.cpu_limit) : "none");
  add("memory", host.memory_bytes ? rounded_memory(*host.memory_bytes) : "");
  seal(machine);
  return machine;
}

}  // namespace perfwarden::os
