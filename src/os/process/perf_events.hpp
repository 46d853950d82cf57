#pragma once

#include <linux/perf_event.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "os/files/unique_fd.hpp"

namespace perfwarden::os {

// An EventSpec names one thing that the kernel can count (perf_event_open(2): type, config).
struct EventSpec {
  std::uint32_t type = 0;
  std::uint64_t config = 0;
};

// The four of Usage, in its order: instructions, cycles, cache misses, branch misses.
[[nodiscard]] std::span<const EventSpec> hardware_events();

// What the kernel is asked to count: user space only, so that numbers do not depend on perf_event_paranoid and
// interrupts do not count; all descendants; counting starts at exec.
[[nodiscard]] perf_event_attr attributes_of(const EventSpec& event);

// The final count; nullopt when the event had to share its counter with others (time running < time enabled) or never
// ran.
[[nodiscard]] std::optional<std::uint64_t> read_event(const UniqueFd& event);

// One line for a person: why this process cannot count hardware events, and the cure; empty when it can. Facts are
// read below `root`/proc.
[[nodiscard]] std::string explain_no_events(const std::string& root = "");
// The wording alone, from errno of perf_event_open, the content of perf_event_paranoid (empty: unreadable) and whether
// a seccomp filter is on.
[[nodiscard]] std::string explain_event_error(int number, const std::string& paranoid, bool seccomp);

}  // namespace perfwarden::os
