#include "os/machine/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/machine/host.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::TemporaryDirectory;
using testing::ElementsAre;
using testing::IsEmpty;
using Fact = std::pair<std::string, std::string>;

// A bare-metal Intel machine of four online CPUs, outside of any container.
void write_server(const TemporaryDirectory& root) {
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) E-2288G CPU @ 3.70GHz\nmicrocode\t: 0xf0\n"
             "flags\t\t: fpu vme sse2\n\nprocessor\t: 1\nmodel name\t: other\n");
  root.write("proc/meminfo",
             "MemTotal:       32780108 kB\nMemFree: 1 kB\nSwapTotal: 2097148 kB\nSwapFree: 2096124 kB\n");
  root.write("proc/loadavg", "1.25 0.50 0.10 2/345 6789\n");
  root.write("proc/self/status", "Name:\tx\nCapEff:\t0000004000000000\nCpus_allowed_list:\t2-3\n");
  root.write("proc/self/cgroup", "0::/\n");
  root.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  root.write("proc/sys/kernel/randomize_va_space", "2\n");
  root.write("proc/sys/kernel/perf_event_paranoid", "3\n");
  root.write("sys/devices/system/cpu/online", "0-3\n");
  root.write("sys/devices/system/cpu/isolated", "2-3\n");
  root.write("sys/devices/system/cpu/smt/active", "1\n");
  root.write("sys/devices/system/node/online", "0-1\n");
  root.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.write("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  for (const char* cpu : {"0", "1", "2", "3"})
    root.write(std::string("sys/devices/system/cpu/cpu") + cpu + "/cpufreq/scaling_governor", "performance\n");
  root.write("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
}

TEST(Machine, FactsOfAServerInTheirOrder) {
  const TemporaryDirectory root;
  write_server(root);
  const Machine machine = read_machine(root.path());
  EXPECT_THAT(
      machine.facts,
      ElementsAre(Fact{"cpu", "Intel(R) Xeon(R) E-2288G CPU @ 3.70GHz"}, Fact{"microcode", "0xf0"}, Fact{"cores", "4"},
                  Fact{"usable", "2-3"}, Fact{"isolated", "2-3"}, Fact{"numa", "2"}, Fact{"governor", "performance"},
                  Fact{"turbo", "off"}, Fact{"smt", "on"}, Fact{"aslr", "2"}, Fact{"huge_pages", "madvise"},
                  Fact{"swap", "on"}, Fact{"kernel", "6.1.0-18-amd64"}, Fact{"hypervisor", "none"},
                  Fact{"container", "none"}, Fact{"cpu_limit", "none"}, Fact{"memory", "31 GiB"}));
  EXPECT_EQ(machine.fingerprint.size(), 16U);
}

TEST(Machine, FingerprintChangesWithAFactAndNotWithTheLoad) {
  const TemporaryDirectory root;
  write_server(root);
  const Machine before = read_machine(root.path());
  root.write("proc/loadavg", "9.00 9.00 9.00 2/345 6789\n");
  root.write("proc/meminfo", "MemTotal:       32780000 kB\nSwapTotal: 2097148 kB\nSwapFree: 0 kB\n");
  EXPECT_EQ(read_machine(root.path()).fingerprint, before.fingerprint);
  root.write("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  const Machine after = read_machine(root.path());
  EXPECT_NE(after.fingerprint, before.fingerprint);
  EXPECT_EQ(differences(before, after).size(), 1U);
}

TEST(Machine, AnUnreadableMachineHasNoFacts) {
  const TemporaryDirectory root;
  EXPECT_THAT(read_machine(root.path()).facts, IsEmpty());
}

TEST(Machine, TheRealOneHasAKernelAndAFingerprint) {
  const Machine machine = read_machine();
  EXPECT_FALSE(machine.fingerprint.empty());
  EXPECT_TRUE(
      std::any_of(machine.facts.begin(), machine.facts.end(), [](const Fact& f) { return f.first == "kernel"; }));
}

TEST(Host, ReadsWhatDoctorTells) {
  const TemporaryDirectory root;
  write_server(root);
  const Host host = read_host(root.path());
  EXPECT_EQ(host.cpus_online, 4);
  EXPECT_THAT(host.cpus_usable, ElementsAre(2, 3));
  EXPECT_THAT(host.cpus_isolated, ElementsAre(2, 3));
  EXPECT_EQ(host.turbo, false);
  EXPECT_EQ(host.smt, true);
  EXPECT_EQ(host.aslr, 2);
  EXPECT_EQ(host.perf_event_paranoid, 3);
  EXPECT_EQ(host.load_1min, 1.25);
  EXPECT_EQ(host.swap_total_bytes, 2097148ULL * 1024);
  EXPECT_EQ(host.swap_used_bytes, 1024ULL * 1024);
  EXPECT_EQ(host.cpu_limit, 0.0);
}

TEST(Host, TellsWhichCapabilitiesThereAre) {
  const TemporaryDirectory root;
  EXPECT_FALSE(may(read_host(root.path()), Capability::perfmon));
  write_server(root);
  const Host host = read_host(root.path());
  EXPECT_TRUE(may(host, Capability::perfmon));
  EXPECT_FALSE(may(host, Capability::sys_admin));
  root.write("proc/self/status", "CapEff:\tzz\n");
  EXPECT_EQ(read_host(root.path()).capabilities, std::nullopt);
}

TEST(Host, CountsTheInterruptsThatIsolatedCpusGet) {
  const TemporaryDirectory root;
  write_server(root);
  EXPECT_EQ(read_host(root.path()).interrupts_on_isolated, std::nullopt);
  root.write("proc/irq/24/smp_affinity_list", "0-1\n");
  root.write("proc/irq/25/smp_affinity_list", "0-3\n");
  root.write("proc/irq/default_smp_affinity", "f\n");
  EXPECT_EQ(read_host(root.path()).interrupts_on_isolated, 1);
}

TEST(Host, TheCpusetOfEitherCgroupVersionSaysWhereWeMayPin) {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "0::/x\n");
  root.write("sys/fs/cgroup/x/cpuset.cpus.effective", "2-3\n");
  EXPECT_THAT(read_host(root.path()).cpus_allowed, ElementsAre(2, 3));
  const TemporaryDirectory old;
  old.write("proc/self/cgroup", "3:cpuset:/y\n");
  old.write("sys/fs/cgroup/cpuset/y/cpuset.cpus", "5\n");
  EXPECT_THAT(read_host(old.path()).cpus_allowed, ElementsAre(5));
}

TEST(Host, WhatIsNotThereIsUnknown) {
  const TemporaryDirectory root;
  const Host host = read_host(root.path());
  EXPECT_EQ(host.cpus_online, std::nullopt);
  EXPECT_EQ(host.turbo, std::nullopt);
  EXPECT_EQ(host.smt, std::nullopt);
  EXPECT_EQ(host.cpu_limit, std::nullopt);
  EXPECT_EQ(host.memory_limit_bytes, std::nullopt);
  EXPECT_EQ(host.load_1min, std::nullopt);
  EXPECT_EQ(host.container, "");
  EXPECT_EQ(host.hypervisor, "");
  EXPECT_THAT(host.cpus_usable, IsEmpty());
}

TEST(Host, HostileFilesGiveUnknownNotNonsense) {
  const TemporaryDirectory root;
  root.write("proc/meminfo", "MemTotal: -5 kB\nSwapTotal: 99999999999999999999 kB\nSwapFree: x\n");
  root.write("sys/devices/system/cpu/online", "0-99999999999\n");
  root.write("proc/sys/kernel/perf_event_paranoid", "three\n");
  root.write("proc/loadavg", "nan");
  root.write("proc/cpuinfo", "model name\t: evil\x1b[31m\n");
  const Host host = read_host(root.path());
  EXPECT_EQ(host.memory_bytes, std::nullopt);
  EXPECT_EQ(host.swap_total_bytes, std::nullopt);
  EXPECT_EQ(host.cpus_online, std::nullopt);
  EXPECT_EQ(host.perf_event_paranoid, std::nullopt);
  EXPECT_EQ(host.load_1min, std::nullopt);
  EXPECT_EQ(read_machine(root.path()).facts.at(0).second.find('\x1b'), std::string::npos);
}

TEST(Host, CgroupVersionTwoLimits) {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "0::/system.slice/docker-abc.scope\n");
  root.write("sys/fs/cgroup/system.slice/docker-abc.scope/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/system.slice/docker-abc.scope/memory.max", "1073741824\n");
  const Host host = read_host(root.path());
  EXPECT_EQ(host.cpu_limit, 1.5);
  EXPECT_EQ(host.memory_limit_bytes, 1073741824U);
  EXPECT_EQ(host.container, "docker");
}

TEST(Host, CgroupLimitsAtTheRootOfAContainersOwnView) {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "0::/../../somewhere\n");
  root.write("sys/fs/cgroup/cpu.max", "max 100000\n");
  root.write("sys/fs/cgroup/memory.max", "max\n");
  const Host host = read_host(root.path());
  EXPECT_EQ(host.cpu_limit, 0.0);
  EXPECT_EQ(host.memory_limit_bytes, 0U);
}

TEST(Host, CgroupVersionOneLimits) {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "4:cpu,cpuacct:/kubepods/x\n2:memory:/kubepods/x\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/kubepods/x/cpu.cfs_quota_us", "50000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/kubepods/x/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/memory/kubepods/x/memory.limit_in_bytes", "9223372036854771712\n");
  const Host host = read_host(root.path());
  EXPECT_EQ(host.cpu_limit, 0.5);
  EXPECT_EQ(host.memory_limit_bytes, 0U);
  EXPECT_EQ(host.container, "kubernetes");
}

TEST(Host, GovernorsThatDifferAreAllNamed) {
  const TemporaryDirectory root;
  write_server(root);
  root.write("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "powersave\n");
  EXPECT_EQ(read_host(root.path()).governor, "performance,powersave");
}

TEST(Host, NamesTheHypervisorOrSaysThatThereIsOne) {
  const TemporaryDirectory root;
  root.write("proc/cpuinfo", "model name\t: AMD EPYC\nflags\t\t: fpu hypervisor sse2\n");
  EXPECT_EQ(read_host(root.path()).hypervisor, "unknown kind");
  root.write("sys/class/dmi/id/sys_vendor", "QEMU\n");
  EXPECT_EQ(read_host(root.path()).hypervisor, "kvm");
}

TEST(Host, ArmServersAreNamedByTheirNumbers) {
  const TemporaryDirectory root;
  root.write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n");
  EXPECT_EQ(read_host(root.path()).cpu_model, "ARM implementer 0x41 part 0xd0c variant 0x3");
}

TEST(CpuTimes, SharesOfTheTimeBetweenTwoReadings) {
  const TemporaryDirectory root;
  root.write("proc/stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n");
  const auto first = read_cpu_times(root.path());
  root.write("proc/stat", "cpu  120 5 70 840 50 3 2 10 0 0\n");
  const auto second = read_cpu_times(root.path());
  ASSERT_TRUE(first && second);
  const auto shares = shares_between(*first, *second);
  ASSERT_TRUE(shares);
  EXPECT_DOUBLE_EQ(shares->busy, 0.5);
  EXPECT_DOUBLE_EQ(shares->steal, 0.1);
  EXPECT_EQ(shares_between(*first, *first), std::nullopt);
  EXPECT_EQ(shares_between(*second, *first), std::nullopt) << "counters that ran backwards tell nothing";
}

TEST(CpuTimes, AShortOrAbsentLineIsUnknown) {
  const TemporaryDirectory root;
  EXPECT_EQ(read_cpu_times(root.path()), std::nullopt);
  root.write("proc/stat", "cpu  1 2 3\n");
  EXPECT_EQ(read_cpu_times(root.path()), std::nullopt);
}

TEST(CpuTimes, OfSomeCpusOnly) {
  const TemporaryDirectory root;
  root.write("proc/stat",
             "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 100 10 1 999 999 2 3 40 0 0\ncpu2 1 1 1 1 1 1 1 1 0 0\nintr 5\n");
  const auto both = read_cpu_times_of({0, 2}, root.path());
  ASSERT_TRUE(both);
  EXPECT_NEAR(both->busy_s, 1.21, 1e-9);
  EXPECT_NEAR(both->steal_s, 0.41, 1e-9);
  EXPECT_FALSE(read_cpu_times_of({0, 1}, root.path())) << "one is offline";
  EXPECT_FALSE(read_cpu_times_of({}, root.path()));
}

TEST(CpuList, SiblingsAreThoseOfTheSameCore) {
  const TemporaryDirectory root;
  root.write("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,5\n");
  EXPECT_THAT(with_siblings({1, 3}, root.path()), ElementsAre(1, 3, 5));
}

TEST(CpuList, IsPrintedAsItIsRead) {
  for (const char* list : {"0-3,8", "2", "0,2,4-5", ""}) EXPECT_EQ(print_cpu_list(parse_cpu_list(list)), list);
}

TEST(CpuList, TakesRangesAndRefusesNonsense) {
  EXPECT_THAT(parse_cpu_list("0-2,5"), ElementsAre(0, 1, 2, 5));
  EXPECT_THAT(parse_cpu_list("7"), ElementsAre(7));
  for (const char* bad : {"", "x", "3-1", "-1", "0-", "0-99999999", "1,,2"})
    EXPECT_THAT(parse_cpu_list(bad), IsEmpty());
}

}  // namespace
}  // namespace perfwarden::os
