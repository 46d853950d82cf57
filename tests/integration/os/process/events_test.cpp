#include "os/process/perf_events.hpp"

#include <gtest/gtest.h>

#include <array>

#include "os/process/launcher.hpp"
#include "os/process/spawn.hpp"

namespace perfwarden::os {
namespace {

// Hardware counters are rare where tests run; the kernel's own events take the same way.
constexpr EventSpec k_faults{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS};
constexpr EventSpec k_time{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK};
constexpr EventSpec k_nonsense{PERF_TYPE_SOFTWARE, 9999};

std::vector<std::optional<std::uint64_t>> counts_of(const std::string& line, std::span<const EventSpec> events) {
  Command command;
  command.argv = {"/bin/sh", "-c", line};
  command.env = {{"PATH", "/usr/bin:/bin"}};
  const auto child = spawn(command, events);
  if (!child) {
    ADD_FAILURE() << child.error().text();
    return {};
  }
  while (!child->launcher->has_ended()) ::usleep(1000);
  EXPECT_TRUE(child->launcher->wait());
  std::vector<std::optional<std::uint64_t>> out;
  for (const UniqueFd& event : child->events) out.push_back(read_event(event));
  return out;
}

TEST(Events, ChildAndGrandchildrenAreCountedFromExecOn) {
  const std::array events{k_faults, k_time};
  const auto alone = counts_of(":", events);
  ASSERT_EQ(alone.size(), 2U);
  if (!alone[0]) GTEST_SKIP() << explain_no_events();
  const auto with_grandchildren = counts_of("cat /dev/null; cat /dev/null; cat /dev/null; :", events);
  EXPECT_GT(*alone[0], 0U);
  EXPECT_GT(*with_grandchildren[0], *alone[0] + 50);
  EXPECT_GT(*with_grandchildren[1], 0U);
}

TEST(Events, OneThatCannotBeOpenedDoesNotHideTheOthers) {
  const std::array events{k_nonsense, k_faults, k_nonsense, k_time};
  const auto counts = counts_of(":", events);
  ASSERT_EQ(counts.size(), 4U);
  if (!counts[1]) GTEST_SKIP() << explain_no_events();
  EXPECT_EQ(counts[0], std::nullopt);
  EXPECT_EQ(counts[2], std::nullopt);
  EXPECT_GT(*counts[1], 0U);
  EXPECT_GT(*counts[3], 1000U) << "nanoseconds";
}

}  // namespace
}  // namespace perfwarden::os
