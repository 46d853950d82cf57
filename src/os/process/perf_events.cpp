#include "os/process/perf_events.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {

std::span<const EventSpec> hardware_events() {
  static constexpr std::array<EventSpec, 4> events{{{PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
                                                    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
                                                    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
                                                    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES}}};
  return events;
}

perf_event_attr attributes_of(const EventSpec& event) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = event.type;
  attributes.config = event.config;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.disabled = 1;
  attributes.inherit = 1;
  attributes.enable_on_exec = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  return attributes;
}

std::optional<std::uint64_t> read_event(const UniqueFd& event) {
  struct {
    std::uint64_t value, enabled_ns, running_ns;
  } count{};
  if (!event || ::read(event.get(), &count, sizeof count) != static_cast<ssize_t>(sizeof count)) return std::nullopt;
  if (count.running_ns == 0 || count.running_ns < count.enabled_ns) return std::nullopt;
  return count.value;
}

std::string explain_event_error(int number, const std::string& paranoid, bool seccomp) {
  switch (number) {
    case 0:
      return "";
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "this machine shows no hardware counters (virtual machines often hide them): measure on bare metal, or "
             "use wall and CPU time";
    case ENOSYS:
      return "this kernel was built without perf_event_open: use another kernel, or use wall and CPU time";
    case EACCES:
    case EPERM:
      break;
    default:
      return fmt::format("perf_event_open failed: {}", std::strerror(number));
  }
  if (const auto level = text::to_integer(text::trim(paranoid)); level && *level > 2)
    return fmt::format("perf_event_paranoid is {}: run `sudo sysctl kernel.perf_event_paranoid=2` on the host", *level);
  if (seccomp)
    return "a seccomp filter forbids perf_event_open: start the container with `--cap-add PERFMON` and a seccomp "
           "profile "
           "that allows perf_event_open (a container action cannot take options; a job container or the host can)";
  return "perf_event_open is not permitted: give the process CAP_PERFMON, or use wall and CPU time";
}

std::string explain_no_events(const std::string& root) {
  perf_event_attr attributes = attributes_of(hardware_events()[0]);
  const UniqueFd event(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
  if (event) return "";
  const int number = errno;
  const std::string paranoid = read_file(root + "/proc/sys/kernel/perf_event_paranoid", 64).value_or("");
  const std::string status = read_file(root + "/proc/self/status", 65536).value_or("");
  return explain_event_error(number, paranoid, status.find("\nSeccomp:\t2") != std::string::npos);
}

}  // namespace perfwarden::os
