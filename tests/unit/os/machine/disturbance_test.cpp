#include "os/machine/disturbance.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::TemporaryDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A machine of two cores with two threads each, of which CPU 1 and 3 are one core. Times are in ticks of 10 ms.
class Watched : public testing::Test {
 protected:
  void SetUp() override {
    root_.write("proc/self/status", "Cpus_allowed_list:\t0-3\n");
    for (const auto& [cpu, siblings] : {std::pair{0, "0,2"}, {1, "1,3"}, {2, "0,2"}, {3, "1,3"}})
      root_.write(fmt::format("sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu), siblings);
    show();
  }

  void show() {
    std::string stat = "cpu  0 0 0 0 0 0 0 0 0 0\n";
    for (std::size_t cpu = 0; cpu < 4; ++cpu)
      stat += fmt::format("cpu{} {} 0 0 0 0 0 0 {} 0 0\n", cpu, busy_[cpu], steal_[cpu]);
    root_.write("proc/stat", stat + "intr 1 2 3\n");
  }

  // One run of `wall_s` on CPU 1, which it keeps busy, while the machine does what `meanwhile` says.
  Disturbance run(const std::function<void()>& meanwhile, double wall_s = 1, std::int64_t switches = 2) {
    watch_.begin({1});
    busy_[1] += static_cast<int>(wall_s * 100);
    meanwhile();
    show();
    Usage usage;
    usage.wall_s = usage.user_s = wall_s;
    usage.involuntary_switches = switches;
    return watch_.end(usage, "core/parse");
  }
  Disturbance calm_run(double wall_s = 1) {
    return run([] {}, wall_s);
  }
  void clock(int khz) { root_.write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", std::to_string(khz)); }

  TemporaryDirectory root_;
  std::array<int, 4> busy_{}, steal_{};
  MachineWatch watch_{root_.path()};
};

TEST_F(Watched, ARunAloneOnItsCoreIsCalm) {
  const Disturbance found = calm_run();
  EXPECT_TRUE(found.calm()) << found.reason();
  EXPECT_EQ(found.reason(), "");
  EXPECT_EQ(found.others, 0.0);
  EXPECT_EQ(found.steal, 0.0);
  EXPECT_EQ(found.switches_per_s, 2.0);
  EXPECT_EQ(found.frequency_hz, std::nullopt);
  EXPECT_EQ(found.throttled, std::nullopt);
}

TEST_F(Watched, LoadOnTheOtherThreadOfItsCoreDisturbs) {
  EXPECT_EQ(run([&] { busy_[3] += 40; }).reason(), "other programs used 0.40 CPUs at the same time");
}

TEST_F(Watched, LoadOnAnotherCoreDoesNot) {
  EXPECT_TRUE(run([&] { busy_[0] += 100; }).calm());
}

TEST_F(Watched, WithoutPinningEveryUsableCpuIsWatched) {
  watch_.begin({});
  busy_[0] += 100;
  busy_[2] += 60;
  show();
  Usage usage;
  usage.wall_s = usage.user_s = 1;
  EXPECT_NEAR(watch_.end(usage, "core").others.value_or(-1), 0.6, 1e-9);
}

TEST_F(Watched, StolenTimeDisturbs) {
  EXPECT_EQ(run([&] { steal_[1] += 12; }).reason(), "other virtual machines took 12 % of the time");
}

TEST_F(Watched, AFewTicksInAShortRunAreRounding) {
  EXPECT_TRUE(run(
                  [&] {
                    steal_[1] += 2;
                    busy_[3] += 2;
                  },
                  0.1)
                  .calm());
}

TEST_F(Watched, BeingTakenOffTheCpuOftenDisturbs) {
  EXPECT_EQ(run([] {}, 1, 130).reason(), "it was preempted 130 times");
  EXPECT_TRUE(run([] {}, 0.05, 7).calm()) << "seven are chance, however short the run";
}

TEST_F(Watched, SwitchesOfAProgramOfManyThreadsTellNothing) {
  watch_.begin({1});
  Usage usage;
  usage.wall_s = 1;
  usage.user_s = 1.8;
  usage.involuntary_switches = 5000;
  const Disturbance found = watch_.end(usage, "core");
  EXPECT_EQ(found.switches_per_s, std::nullopt);
  EXPECT_TRUE(found.calm()) << found.reason();
}

TEST_F(Watched, HeatDisturbs) {
  const std::string file = "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count";
  root_.write(file, "7\n");
  EXPECT_TRUE(calm_run().calm());
  EXPECT_EQ(run([&] { root_.write(file, "9\n"); }).reason(), "heat slowed the CPU 2 times");
}

TEST_F(Watched, TheQuotaOfItsCgroupDisturbs) {
  root_.write("proc/self/cgroup", "0::/docker/x\n");
  const std::string file = "sys/fs/cgroup/docker/x/cpu.stat";
  root_.write(file, "usage_usec 5\nnr_throttled 0\nthrottled_usec 0\n");
  EXPECT_EQ(run([&] { root_.write(file, "usage_usec 5\nnr_throttled 3\nthrottled_usec 200000\n"); }).reason(),
            "the CPU quota throttled it for 20 % of the time");
}

TEST_F(Watched, TheQuotaOfAVersionOneCgroupDisturbs) {
  root_.write("proc/self/cgroup", "4:cpu,cpuacct:/docker/y\n");
  const std::string old = "sys/fs/cgroup/cpu,cpuacct/docker/y/cpu.stat";
  root_.write(old, "nr_periods 1\nnr_throttled 0\nthrottled_time 0\n");
  EXPECT_EQ(run([&] { root_.write(old, "nr_periods 1\nnr_throttled 1\nthrottled_time 500000000\n"); }).held, 0.5);
}

TEST_F(Watched, AClockOffItsUsualOneDisturbs) {
  clock(3'000'000);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(calm_run().calm());
  EXPECT_EQ(run([&] { clock(2'400'000); }).reason(), "the clock was -20 % off");
  clock(3'060'000);
  EXPECT_TRUE(calm_run().calm()) << "two percent are a step of turbo";
}

TEST_F(Watched, CodeThatLowersTheClockItselfOnOneSideIsNoDisturbance) {
  for (int i = 0; i < 30; ++i) {
    clock(i % 2 == 0 ? 3'000'000 : 2'500'000);
    EXPECT_TRUE(calm_run().calm()) << i;
  }
}

TEST_F(Watched, WhatIsAlwaysSoIsToldOnceInsteadOfReplacedForEver) {
  int disturbed = 0;
  for (int i = 0; i < 40; ++i) disturbed += run([&] { busy_[3] += 90; }).calm() ? 0 : 1;
  EXPECT_EQ(disturbed, 8);
  ASSERT_EQ(watch_.warnings().size(), 1U);
  EXPECT_EQ(watch_.warnings()[0].code, "machine-busy");
  EXPECT_THAT(watch_.warnings()[0].text, HasSubstr("0.90 CPUs"));
}

TEST_F(Watched, WhatIsUsualForOneBenchmarkIsNotForAnother) {
  for (int i = 0; i < 20; ++i) static_cast<void>(run([&] { busy_[3] += 90; }));
  watch_.begin({1});
  busy_[1] += 100;
  busy_[3] += 90;
  show();
  Usage usage;
  usage.wall_s = usage.user_s = 1;
  EXPECT_FALSE(watch_.end(usage, "core/sort").calm());
}

TEST_F(Watched, StealAndQuotaThroughoutAreTold) {
  root_.write("proc/self/cgroup", "0::/x\n");
  root_.write("sys/fs/cgroup/x/cpu.stat", "throttled_usec 0\n");
  int held = 0;
  for (int i = 0; i < 5; ++i)
    static_cast<void>(run([&] {
      steal_[1] += 10;
      root_.write("sys/fs/cgroup/x/cpu.stat", fmt::format("throttled_usec {}\n", ++held * 50000));
    }));
  std::vector<std::string> codes;
  for (const Warning& one : watch_.warnings()) codes.push_back(one.code);
  EXPECT_THAT(codes, ElementsAre("machine-steal", "machine-quota"));
}

TEST_F(Watched, ACalmMachineHasNothingToTell) {
  EXPECT_THAT(watch_.warnings(), IsEmpty());
  for (int i = 0; i < 5; ++i) static_cast<void>(calm_run());
  EXPECT_THAT(watch_.warnings(), IsEmpty());
}

TEST_F(Watched, AMachineThatTellsNothingIsCalmWithUnknownReadings) {
  const TemporaryDirectory empty;
  MachineWatch watch(empty.path());
  watch.begin({});
  Usage usage;
  usage.wall_s = usage.user_s = 1;
  const Disturbance found = watch.end(usage, "core");
  EXPECT_TRUE(found.calm());
  EXPECT_EQ(found.steal, std::nullopt);
  EXPECT_EQ(found.others, std::nullopt);
  EXPECT_EQ(found.held, std::nullopt);
}

TEST_F(Watched, ARunThatNeverWasTellsNothing) {
  watch_.begin({1});
  busy_[3] += 500;
  show();
  EXPECT_TRUE(watch_.end(Usage{}, "core").calm());
}

}  // namespace
}  // namespace perfwarden::os
