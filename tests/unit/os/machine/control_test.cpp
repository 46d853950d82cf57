#include "os/machine/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::slurp;
using support::TemporaryDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* k_no_turbo = "sys/devices/system/cpu/intel_pstate/no_turbo";
constexpr const char* k_smt = "sys/devices/system/cpu/smt/control";
constexpr const char* k_huge = "sys/kernel/mm/transparent_hugepage/enabled";

// A server of four CPUs, of which 2 and 3 are isolated, in a folder.
class Controlled : public testing::Test {
 protected:
  void SetUp() override {
    umask_ = ::umask(022);  // files of these tests stand for ours
    root_.write("proc/sys/kernel/random/boot_id", "boot-1\n");
    root_.write("proc/self/status", "Cpus_allowed_list:\t0-3\n");
    root_.write("sys/devices/system/cpu/online", "0-3\n");
    root_.write(k_no_turbo, "0\n");
    root_.write(k_smt, "on\n");
    for (const int cpu : {0, 1, 2, 3}) {
      root_.write(governor(cpu), cpu == 3 ? "schedutil\n" : "powersave\n");
      root_.write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/scaling_available_governors",
                  "performance powersave schedutil\n");
    }
    root_.write("proc/irq/24/smp_affinity_list", "0-3\n");
    root_.write("proc/irq/25/smp_affinity_list", "0\n");
    root_.write("proc/irq/26/smp_affinity_list", "3\n");
  }
  void TearDown() override { ::umask(umask_); }
  static std::string governor(int cpu) {
    return "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/scaling_governor";
  }
  [[nodiscard]] std::string at(const std::string& name) const {
    std::string text = slurp(root_ / name);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  [[nodiscard]] MachinePlaces places() const { return {root_.path(), work_ / "state"}; }
  static std::string summed(const std::string& text) { return text + "sum " + hex16(fnv1a(text)) + "\n"; }
  [[nodiscard]] std::string state() const { return work_ / "state/settings"; }
  static std::string all(const std::vector<Warning>& warnings) {
    std::string out;
    for (const Warning& one : warnings) out += one.text + "\n";
    return out;
  }
  static MachineConfig everything() {
    MachineConfig wanted;
    wanted.pin = Pinning::cpus;
    wanted.cpus = {2, 3};
    wanted.governor = "performance";
    wanted.turbo = wanted.smt = false;
    wanted.interrupts_away = true;
    return wanted;
  }

  TemporaryDirectory root_, work_;
  mode_t umask_ = 022;
};

TEST_F(Controlled, TheDefaultTouchesNothing) {
  const MachineControl control = MachineControl::take({}, places());
  EXPECT_THAT(control.warnings(), IsEmpty());
  EXPECT_THAT(control.cpus(), IsEmpty());
  EXPECT_FALSE(control.aslr_off());
  EXPECT_FALSE(exists(work_ / "state"));
  EXPECT_EQ(at(governor(0)), "powersave");
}

TEST_F(Controlled, SetsWhatIsWantedAndPutsItBack) {
  {
    const MachineControl control = MachineControl::take(everything(), places());
    EXPECT_EQ(all(control.warnings()), "");
    for (const int cpu : {0, 1, 2, 3}) EXPECT_EQ(at(governor(cpu)), "performance");
    EXPECT_EQ(at(k_no_turbo), "1");
    EXPECT_EQ(at(k_smt), "off");
    EXPECT_EQ(at("proc/irq/24/smp_affinity_list"), "0-1");
    EXPECT_EQ(at("proc/irq/25/smp_affinity_list"), "0");
    EXPECT_EQ(at("proc/irq/26/smp_affinity_list"), "0-1");
    EXPECT_TRUE(exists(state()));
  }
  EXPECT_EQ(at(governor(0)), "powersave");
  EXPECT_EQ(at(governor(3)), "schedutil");
  EXPECT_EQ(at(k_no_turbo), "0");
  EXPECT_EQ(at(k_smt), "on");
  EXPECT_EQ(at("proc/irq/24/smp_affinity_list"), "0-3");
  EXPECT_EQ(at("proc/irq/26/smp_affinity_list"), "3");
  EXPECT_FALSE(exists(state()));
}

TEST_F(Controlled, WhatACrashLeftIsPutBackAtTheNextStart) {
  std::string left;
  {
    const MachineControl control = MachineControl::take(everything(), places());
    left = slurp(state());
  }
  root_.write(governor(3), "performance\n");
  root_.write(k_no_turbo, "1\n");
  EXPECT_TRUE(write_file(state(), left));
  const MachineControl next = MachineControl::take({}, places());
  EXPECT_EQ(at(governor(3)), "schedutil");
  EXPECT_EQ(at(k_no_turbo), "0");
  EXPECT_FALSE(exists(state()));
  EXPECT_THAT(all(next.warnings()), HasSubstr("that an interrupted run had left were put back"));
}

TEST_F(Controlled, AfterARebootNothingIsPutBack) {
  {
    const MachineControl control = MachineControl::take(everything(), places());
    const std::string left = slurp(state());
    work_.write("left", left);
  }
  EXPECT_TRUE(make_directories(work_ / "state"));
  EXPECT_TRUE(write_file(state(), slurp(work_ / "left")));
  root_.write("proc/sys/kernel/random/boot_id", "boot-2\n");
  root_.write(k_no_turbo, "1\n");
  EXPECT_THAT(MachineControl::take({}, places()).warnings(), IsEmpty());
  EXPECT_EQ(at(k_no_turbo), "1");
  EXPECT_FALSE(exists(state()));
}

TEST_F(Controlled, ASecondPerfwardenNeitherSetsNorPutsBackUnderTheFirst) {
  const MachineControl first = MachineControl::take(everything(), places());
  {
    MachineConfig other;
    other.turbo = true;
    const MachineControl second = MachineControl::take(other, places());
    EXPECT_THAT(all(second.warnings()), HasSubstr("another perfwarden is measuring"));
    EXPECT_EQ(at(k_no_turbo), "1");
  }
  EXPECT_EQ(at(k_no_turbo), "1");
  EXPECT_EQ(at(governor(0)), "performance");
  EXPECT_TRUE(exists(state()));
}

TEST_F(Controlled, LeftoversAreThoseOfNoLivingRun) {
  EXPECT_EQ(leftover_settings(places()), "");
  std::string left;
  {
    const MachineControl control = MachineControl::take(everything(), places());
    left = slurp(state());
    EXPECT_EQ(leftover_settings(places()), "") << "it is being used";
  }
  EXPECT_EQ(leftover_settings(places()), "");
  EXPECT_TRUE(write_file(state(), left));
  EXPECT_EQ(leftover_settings(places()), state());
}

TEST_F(Controlled, ADamagedRecordIsSaidAndKeptAndDoctorPutsBackWhatCanBeRead) {
  static_cast<void>(make_directories(work_ / "state"));
  root_.write(k_no_turbo, "1\n");
  const std::string whole = summed(std::string("perfwarden.settings/1\nboot boot-1\n/") + k_no_turbo + " 0\n/" +
                                   governor(0) + " powersave\n");
  for (const std::string& text : {whole.substr(0, whole.size() - 30), whole + "more\n", std::string("\0\0", 2),
                                  std::string(), text::replace_all(whole, "boot-1", "boot-2")}) {
    work_.write("state/settings", text);
    const MachineControl control = MachineControl::take(everything(), places());
    EXPECT_THAT(all(control.warnings()), HasSubstr("is damaged")) << text;
    EXPECT_EQ(at(governor(1)), "powersave") << "nothing is set";
    EXPECT_EQ(slurp(state()), text);
  }
  work_.write("state/settings", whole.substr(0, whole.size() - 30));
  const Restored restored = restore_machine(places());
  EXPECT_TRUE(restored.damaged);
  EXPECT_THAT(restored.settings, testing::Contains(HasSubstr("no_turbo = 0")));
  EXPECT_EQ(at(k_no_turbo), "0");
  EXPECT_FALSE(exists(state()));
  EXPECT_TRUE(exists(state() + ".damaged"));
  EXPECT_TRUE(restore_machine(places()).settings.empty()) << "once is enough";
}

TEST_F(Controlled, AGenerousUmaskDoesNotLetOthersWriteTheStateFile) {
  const mode_t before = ::umask(0);
  const MachineControl control = MachineControl::take(everything(), places());
  EXPECT_EQ(::umask(before), 0U) << "it is put back too";
  for (const std::string& path : {work_ / "state", state()}) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 022U, 0U) << path;
  }
}

TEST_F(Controlled, WhetherAnythingCanBeSetIsKnownBefore) {
  EXPECT_TRUE(may_set_machine(root_.path()));
  const TemporaryDirectory bare;
  EXPECT_FALSE(may_set_machine(bare.path()));
}

TEST_F(Controlled, APlantedStateFileCannotMakeUsWriteElsewhere) {
  root_.write("etc/passwd", "root\n");
  EXPECT_TRUE(make_directories(work_ / "state"));
  work_.write("state/settings",
              summed("perfwarden.settings/1\nboot boot-1\n/etc/passwd owned\n/sys/devices/system/cpu/cpu0/../../x 1\n"
                     "/sys/devices/system/cpu/cpu/cpufreq/scaling_governor x\n" +
                     std::string("/") + k_no_turbo + " 1; rm -rf\n"));
  static_cast<void>(MachineControl::take({}, places()));
  EXPECT_EQ(at("etc/passwd"), "root");
  EXPECT_EQ(at(k_no_turbo), "0");
}

TEST_F(Controlled, AStateFileThatOthersMayWriteIsNotObeyed) {
  const std::string text = summed(std::string("perfwarden.settings/1\nboot boot-1\n/") + k_no_turbo + " 1\n");
  work_.write("state/settings", text);
  ::chmod(state().c_str(), 0666);
  static_cast<void>(MachineControl::take({}, places()));
  EXPECT_EQ(at(k_no_turbo), "0");
  work_.write("state/settings", text);
  ::chmod(state().c_str(), 0644);
  ::chmod((work_ / "state").c_str(), 0777);
  const MachineControl control = MachineControl::take(everything(), places());
  EXPECT_EQ(at(k_no_turbo), "0");
  EXPECT_THAT(all(control.warnings()), HasSubstr("can be written by others"));
}

TEST_F(Controlled, AStateFileThatIsALinkIsNotFollowed) {
  EXPECT_TRUE(make_directories(work_ / "state"));
  work_.write("elsewhere", summed(std::string("perfwarden.settings/1\nboot boot-1\n/") + k_no_turbo + " 1\n"));
  std::filesystem::create_symlink(work_ / "elsewhere", state());
  static_cast<void>(MachineControl::take({}, places()));
  EXPECT_EQ(at(k_no_turbo), "0");
}

TEST_F(Controlled, WithoutAPlaceToWriteItDownNothingIsSet) {
  work_.write("file", "");
  const MachineControl control = MachineControl::take(everything(), {root_.path(), work_ / "file/state"});
  EXPECT_THAT(all(control.warnings()), HasSubstr("nothing was set"));
  EXPECT_EQ(at(governor(0)), "powersave");
}

TEST_F(Controlled, WhatCannotBeSetIsToldWithTheCureAndTheRestIsSet) {
  std::filesystem::remove(root_ / k_no_turbo);
  std::filesystem::create_directory(root_ / k_no_turbo);  // not even root can write that
  MachineConfig wanted;
  wanted.turbo = false;
  wanted.governor = "performance";
  MachineControl control = MachineControl::take(wanted, places());
  EXPECT_EQ(at(governor(0)), "performance");
  EXPECT_THAT(control.put_back(), IsEmpty());
  EXPECT_EQ(at(governor(0)), "powersave");
}

TEST_F(Controlled, AMachineWithoutSwitchesSaysSo) {
  const TemporaryDirectory bare;
  bare.write("sys/devices/system/cpu/online", "0-1\n");
  MachineConfig wanted = everything();
  wanted.pin = Pinning::automatic;
  wanted.cpus.clear();
  wanted.smt = true;
  wanted.huge_pages = "never";
  const MachineControl control = MachineControl::take(wanted, {bare.path(), work_ / "state"});
  const std::string text = all(control.warnings());
  for (const char* part : {"turbo cannot be set", "governor cannot be set", "smt stays off", "huge pages cannot be set",
                           "interrupts stay where they are, since no CPU is pinned"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_FALSE(exists(work_ / "state"));
}

TEST_F(Controlled, AnUnknownGovernorIsRefusedWithThoseThatAreKnown) {
  MachineConfig wanted;
  wanted.governor = "turbo";
  const MachineControl control = MachineControl::take(wanted, places());
  EXPECT_THAT(all(control.warnings()), HasSubstr("choose one of performance powersave schedutil"));
  EXPECT_EQ(at(governor(0)), "powersave");
}

TEST_F(Controlled, WhatIsAsWantedAlreadyIsLeftAlone) {
  MachineConfig wanted;
  wanted.turbo = true;
  wanted.smt = true;
  const MachineControl control = MachineControl::take(wanted, places());
  EXPECT_THAT(control.warnings(), IsEmpty());
  EXPECT_FALSE(exists(state()));
}

TEST_F(Controlled, APageSettingThatTheMachineDoesNotKeepIsTold) {
  root_.write(k_huge, "always [madvise] never\n");
  MachineConfig wanted;
  wanted.huge_pages = "never";
  MachineControl control = MachineControl::take(wanted, places());
  EXPECT_THAT(control.warnings(), IsEmpty()) << "the folder keeps the bare word";
  EXPECT_EQ(at(k_huge), "never");
  EXPECT_THAT(control.put_back(), IsEmpty());
  EXPECT_EQ(at(k_huge), "madvise");
}

TEST_F(Controlled, WhatCannotBePutBackIsToldAndTriedAgain) {
  MachineConfig wanted;
  wanted.turbo = false;
  MachineControl control = MachineControl::take(wanted, places());
  std::filesystem::remove(root_ / k_no_turbo);
  std::filesystem::create_directory(root_ / k_no_turbo);
  const std::vector<Warning> failed = control.put_back();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_THAT(failed[0].text, HasSubstr("echo 0 | sudo tee"));
  EXPECT_TRUE(exists(state()));
  EXPECT_THAT(control.put_back(), IsEmpty()) << "once is enough";
  std::filesystem::remove(root_ / k_no_turbo);
  root_.write(k_no_turbo, "1\n");
  static_cast<void>(MachineControl::take({}, places()));
  EXPECT_EQ(at(k_no_turbo), "0");
}

TEST_F(Controlled, PinsToIsolatedCpusOneACoreOnTheNodeThatHasMost) {
  root_.write("sys/devices/system/cpu/isolated", "1-3,5-7\n");
  root_.write("sys/devices/system/node/online", "0-1\n");
  root_.write("sys/devices/system/node/node0/cpulist", "0-1,4-5\n");
  root_.write("sys/devices/system/node/node1/cpulist", "2-3,6-7\n");
  for (const auto& [cpu, siblings] : {std::pair{1, "1,5"}, {2, "2,6"}, {3, "3,7"}})
    root_.write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list", siblings);
  const MachineControl control = MachineControl::take({}, places());
  EXPECT_THAT(control.cpus(), ElementsAre(2, 3));
  const Machine machine = control.machine();
  EXPECT_EQ(machine.facts.back(), (std::pair<std::string, std::string>{"pinned", "2-3"}));
  EXPECT_NE(machine.fingerprint, "");
  MachineConfig off;
  off.pin = Pinning::off;
  EXPECT_THAT(MachineControl::take(off, places()).cpus(), IsEmpty());
}

TEST_F(Controlled, IsolatedCpusOutsideOfOurCpusetAreNotPinnedTo) {
  root_.write("sys/devices/system/cpu/isolated", "2-3\n");
  root_.write("proc/self/cgroup", "0::/\n");
  root_.write("sys/fs/cgroup/cpuset.cpus.effective", "0-1\n");
  EXPECT_THAT(MachineControl::take({}, places()).cpus(), IsEmpty());
}

TEST_F(Controlled, AslrOffIsAFactOfTheMachine) {
  if (!may_turn_aslr_off()) GTEST_SKIP() << "personality(2) is forbidden here";
  root_.write("proc/sys/kernel/randomize_va_space", "2\n");
  MachineConfig wanted;
  wanted.aslr_off = true;
  const MachineControl control = MachineControl::take(wanted, places());
  EXPECT_TRUE(control.aslr_off());
  EXPECT_THAT(control.machine().facts, testing::Contains(std::pair<std::string, std::string>{"aslr", "off"}));
}

}  // namespace
}  // namespace perfwarden::os
