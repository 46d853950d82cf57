#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/doctor/diagnosis.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using State = Check::State;
using testing::HasSubstr;
using testing::Not;

// A machine as one would wish it.
Facts quiet_server() {
  Facts facts;
  facts.host.cpus_online = 4;
  facts.host.cpus_usable = {0, 1, 2, 3};
  facts.host.governor = "performance";
  facts.host.turbo = false;
  facts.host.smt = false;
  facts.host.numa_nodes = 1;
  facts.host.huge_pages = "madvise";
  facts.host.aslr = 2;
  facts.host.hypervisor = "none";
  facts.host.container = "none";
  facts.host.cpu_limit = 0;
  facts.host.swap_total_bytes = facts.host.swap_used_bytes = 0;
  facts.host.load_1min = 0.1;
  facts.shares = os::CpuShares{0.01, 0};
  facts.git_version = "git version 2.39.5";
  facts.directory = "/repo";
  facts.owner = facts.user = 1000;
  facts.free_bytes = std::uint64_t{50} << 30;
  return facts;
}

Check check_of(const Facts& facts, const std::string& name) {
  const std::vector<Check> checks = diagnose(facts);
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.name == name; });
  if (found != checks.end()) return *found;
  ADD_FAILURE() << "no check " << name;
  return {};
}

TEST(Doctor, AQuietServerHasNothingToCure) {
  for (const Check& check : diagnose(quiet_server())) {
    EXPECT_EQ(check.state, State::good) << check.name << ": " << check.text;
    EXPECT_EQ(check.cure, "");
  }
}

TEST(Doctor, WhatCannotBeReadIsSaidToBeUnknown) {
  int unknown = 0;
  for (const Check& check : diagnose(Facts{})) {
    if (check.state != State::unknown) continue;
    ++unknown;
    EXPECT_EQ(check.text.substr(0, 9), "unknown: ") << check.name;
  }
  EXPECT_EQ(unknown, 14);
}

struct Fault {
  const char* name;
  void (*plant)(Facts&);
  State state;
  const char* text;
  const char* cure;
};

class DoctorFault : public testing::TestWithParam<Fault> {};
TEST_P(DoctorFault, IsToldWithItsCureAndAlone) {
  Facts facts = quiet_server();
  GetParam().plant(facts);
  const Check check = check_of(facts, GetParam().name);
  EXPECT_EQ(check.state, GetParam().state);
  EXPECT_THAT(check.text, HasSubstr(GetParam().text));
  EXPECT_THAT(check.cure, HasSubstr(GetParam().cure));
  EXPECT_FALSE(check.cure.empty());
  const std::vector<Check> checks = diagnose(facts);
  EXPECT_EQ(std::count_if(checks.begin(), checks.end(), [](const Check& c) { return c.state != State::good; }), 1);
}
INSTANTIATE_TEST_SUITE_P(
    Doctor, DoctorFault,
    testing::Values(
        Fault{"cpus", [](Facts& f) { f.host.cpus_usable = {2}; }, State::doubtful, "1 usable (2), 4 online",
              "two CPUs"},
        Fault{"governor",
              [](Facts& f) {
                f.host.governor = "powersave";
                f.may_set_machine = true;
              },
              State::doubtful, "powersave", "cpupower"},
        Fault{"turbo",
              [](Facts& f) {
                f.host.turbo = true;
                f.may_set_machine = true;
              },
              State::doubtful, "on", "turbo: off"},
        Fault{"smt", [](Facts& f) { f.host.smt = true; }, State::doubtful, "on", "smt: off"},
        Fault{"numa", [](Facts& f) { f.host.numa_nodes = 2; }, State::doubtful, "2 nodes", "lscpu"},
        Fault{"thp", [](Facts& f) { f.host.huge_pages = "always"; }, State::doubtful, "always", "thp: madvise"},
        Fault{"irq",
              [](Facts& f) {
                f.host.cpus_isolated = {3};
                f.host.interrupts_on_isolated = 7;
              },
              State::doubtful, "7 interrupts", "irq: away"},
        Fault{"settings", [](Facts& f) { f.leftover = "/run/perfwarden/settings"; }, State::doubtful,
              "(/run/perfwarden/settings)", "as the user who measures"},
        Fault{"aslr", [](Facts& f) { f.host.aslr = 0; }, State::doubtful, "off", "randomize_va_space=2"},
        Fault{"counters", [](Facts& f) { f.why_no_events = "perf_event_paranoid is 4: lower it"; }, State::doubtful,
              "not counted", "perf_event_paranoid is 4"},
        Fault{"tracing", [](Facts& f) { f.why_no_trace = "cannot trace '/bin/sh': Operation not permitted"; },
              State::doubtful, "Operation not permitted", "--cap-add=SYS_PTRACE"},
        Fault{"swap", [](Facts& f) { f.host.swap_total_bytes = f.host.swap_used_bytes = 3 << 20; }, State::doubtful,
              "3 MiB in use", "swapoff"},
        Fault{"load", [](Facts& f) { f.shares->busy = 0.374; }, State::doubtful, "37 % of the CPU time", "top"},
        Fault{"steal", [](Facts& f) { f.shares->steal = 0.12; }, State::doubtful, "12 %", "dedicated"},
        Fault{"machine", [](Facts& f) { f.host.hypervisor = "kvm"; }, State::doubtful, "virtual (kvm)", "in one run"},
        Fault{"container",
              [](Facts& f) {
                f.host.container = "docker";
                f.host.cpu_limit = 1.5;
              },
              State::doubtful, "in a container (docker), limited to 1.5 CPUs", "--cpuset-cpus"},
        Fault{"git", [](Facts& f) { f.repository = Facts::Repository::no_git; }, State::doubtful, "not found",
              "install git"},
        Fault{"workspace",
              [](Facts& f) {
                f.repository = Facts::Repository::refused;
                f.owner = 1001;
              },
              State::doubtful, "belongs to user 1001, and this is user 1000", "safe.directory /repo"},
        Fault{"workspace", [](Facts& f) { f.owner = 1001; }, State::doubtful, "belongs to user 1001",
              "run as the owner"},
        Fault{"disk", [](Facts& f) { f.free_bytes = 200 << 20; }, State::doubtful, "200 MiB free", "free some space"},
        Fault{"disk", [](Facts& f) { f.free_bytes = 1 << 20; }, State::impossible, "1 MiB free", "free some space"},
        Fault{"placement", [](Facts& f) { f.has_go = true; }, State::doubtful, "Go's linker", "-ldflags=-funcalign=64"},
        Fault{"placement", [](Facts& f) { f.directory = "/my work"; }, State::doubtful, "blanks", "check out"},
        Fault{"token", [](Facts& f) { f.in_actions = true; }, State::doubtful, "none", "github.token"},
        Fault{"processes", [](Facts& f) { f.why_no_processes = "cannot run '/bin/sh': x"; }, State::impossible,
              "cannot run", "shell"}));

TEST(Doctor, WhatIsWorthSettingButCannotBeSetIsToldOnce) {
  Facts facts = quiet_server();
  facts.host.governor = "powersave";
  EXPECT_EQ(check_of(facts, "rights").state, State::doubtful);
  EXPECT_THAT(check_of(facts, "rights").cure, HasSubstr("as root"));
  facts.host.container = "docker";
  EXPECT_THAT(check_of(facts, "rights").cure, HasSubstr("--privileged"));
  facts.may_set_machine = true;
  EXPECT_EQ(check_of(facts, "rights").state, State::good);
}

TEST(Doctor, AContainerTellsWhetherItMayCount) {
  Facts facts = quiet_server();
  facts.host.container = "podman";
  facts.host.capabilities = 0;
  EXPECT_THAT(check_of(facts, "container").text, HasSubstr("in a container (podman) without CAP_PERFMON"));
  facts.host.capabilities = std::uint64_t{1} << 38;
  EXPECT_THAT(check_of(facts, "container").text, HasSubstr("with CAP_PERFMON, no CPU limit"));
}

TEST(Doctor, IsolatedCpusAreWhereBenchmarksRun) {
  Facts facts = quiet_server();
  facts.host.cpus_usable = {0};
  facts.host.cpus_isolated = {1, 2};
  facts.host.cpus_allowed = {0, 1, 2};
  facts.host.numa_nodes = 2;
  EXPECT_EQ(check_of(facts, "cpus").state, State::good);
  EXPECT_THAT(check_of(facts, "cpus").text, HasSubstr("keeps 1-2 free"));
  EXPECT_THAT(check_of(facts, "cpus").text, HasSubstr("a cpuset allows 0-2"));
  EXPECT_EQ(check_of(facts, "numa").state, State::good);
}

TEST(Doctor, RootRunsBenchmarksAsTheOwnerOfTheWorkspace) {
  Facts facts = quiet_server();
  facts.user = 0;
  const Check check = check_of(facts, "workspace");
  EXPECT_EQ(check.state, State::good);
  EXPECT_THAT(check.text, HasSubstr("run as that user"));
}

TEST(Doctor, SaysWhereRootMayNotBecomeTheOwner) {
  Facts facts = quiet_server();
  facts.user = 0;
  facts.becomes_owner = false;
  const Check check = check_of(facts, "workspace");
  EXPECT_EQ(check.state, State::doubtful);
  EXPECT_THAT(check.text, HasSubstr("git runs as root"));
  EXPECT_THAT(check.cure, HasSubstr("SETUID"));
}

TEST(Doctor, HostileTextsStayOnTheirLine) {
  Facts facts = quiet_server();
  facts.directory = "/x\n::error::owned\x1b[2J";
  facts.git_version = facts.host.governor = facts.host.hypervisor = facts.why_no_events = facts.why_no_trace =
      facts.directory;
  facts.why_no_processes = facts.directory;
  for (const Check& check : diagnose(facts)) {
    EXPECT_EQ((check.text + check.cure).find_first_of("\n\x1b"), std::string::npos) << check.name;
  }
}

// The command itself, with this machine's facts and told processes.
class DoctorCommand : public testing::Test {
 protected:
  int doctor(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"perfwarden", "doctor"});
    World world{processes_, clock_, environment_, console_, http_};
    return run(world, arguments);
  }
  support::FakeProcesses processes_;
  support::FakeClock clock_;
  os::Environment environment_{
      std::map<std::string, std::string>{{"GITHUB_TOKEN", "ghs_very_secret"}, {"GITHUB_ACTIONS", "true"}}};
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(DoctorCommand, VerdictComesFirstAndTheTokenIsNeverShown) {
  EXPECT_EQ(doctor({}), k_pass);
  EXPECT_EQ(console_.out_text.substr(0, 20), "Measuring works here");
  EXPECT_THAT(console_.out_text, HasSubstr("✓ token      given"));
  EXPECT_THAT(console_.out_text + console_.err_text, Not(HasSubstr("very_secret")));
  for (const os::Command& command : processes_.commands) EXPECT_EQ(command.env.count("GITHUB_TOKEN"), 0U);
}

TEST_F(DoctorCommand, JsonHoldsTheSameChecks) {
  EXPECT_EQ(doctor({"--json"}), k_pass);
  const auto json = nlohmann::json::parse(console_.out_text);
  EXPECT_EQ(json.at("schema"), "perfwarden.doctor/1");
  EXPECT_EQ(json.at("possible"), true);
  EXPECT_EQ(json.at("checks").size(), 23U);
  EXPECT_EQ(json.at("checks").at(0).at("name"), "processes");
}

TEST_F(DoctorCommand, WhereNothingCanBeStartedItSaysSoAndExitsThree) {
  processes_.answer = [](const os::Command&) -> Result<os::ProcessResult> {
    return Error{.kind = ErrorKind::io, .what = "cannot run '/bin/sh': Resource temporarily unavailable"};
  };
  EXPECT_EQ(doctor({}), k_not_measured);
  EXPECT_THAT(console_.out_text, HasSubstr("✗ processes"));
  EXPECT_THAT(console_.out_text, HasSubstr("! git        not found"));
}

TEST_F(DoctorCommand, GitsRefusalIsUnderstood) {
  processes_.answer = [](const os::Command& command) {
    os::ProcessResult result;
    if (command.argv.size() > 1 && command.argv[1] == "rev-parse") {
      result.exit_status = 128;
      result.err = "fatal: detected dubious ownership in repository at '/github/workspace'\n";
    }
    return result;
  };
  EXPECT_EQ(doctor({}), k_pass);
  EXPECT_THAT(console_.out_text, HasSubstr("safe.directory"));
}

}  // namespace
}  // namespace perfwarden::app
