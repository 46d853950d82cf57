#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "os/machine/control.hpp"
#include "os/machine/host.hpp"
#include "support/fakes.hpp"

// What `machine:` asks for reaches the benchmark's process, and the facts that are written beside its numbers.
namespace perfwarden::app {
namespace {

class TheMachine : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    directory_.write("bench.sh",
                     "#!/bin/sh\n"
                     "echo \"cpus $(sed -n 's/^Cpus_allowed_list:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/self/status)\"\n"
                     "echo \"layout $(cat /proc/self/personality | sed 's/^0*\\([0-9]\\)/\\1/')\"\n");
    std::filesystem::permissions("bench.sh", std::filesystem::perms::owner_all);
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  nlohmann::json run_with(const std::string& machine) {
    directory_.write(
        "perfwarden.yml",
        "version: 1\nsuites:\n  core: { run: ./bench.sh, parser: { regex: '^(?<name>\\w+) (?<value>\\d+)$', "
        "metric: m }, iterations: 1, warmup: 0 }\nmetrics: { m: { unit: \"1\", better: lower } }\nmachine: { " +
            machine + " }\nhistory: off\n");
    const os::Environment environment(
        std::map<std::string, std::string>{{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}});
    World world{processes_, clock_, environment, console_, http_};
    const std::vector<const char*> words{"perfwarden", "run", "-o", "samples.json"};
    EXPECT_EQ(run(world, words), 0) << console_.err_text;
    return nlohmann::json::parse(support::slurp("samples.json"));
  }
  static double value_of(const nlohmann::json& samples, const std::string& benchmark) {
    for (const auto& series : samples.at("series"))
      if (series.at("benchmark") == benchmark) return series.at("invocations").at(0).at(0).get<double>();
    ADD_FAILURE() << benchmark << " was not measured: " << samples.dump();
    return -1;
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path before_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(TheMachine, PinsSuitesThatNameNoCpus) {
  const int cpu = os::usable_cpus().back();
  const auto samples = run_with("pin: " + std::to_string(cpu));
  EXPECT_EQ(value_of(samples, "cpus"), cpu);
  EXPECT_EQ(samples.at("run").at("machine").at("facts").at("pinned"), std::to_string(cpu));
}

TEST_F(TheMachine, RandomLayoutIsTurnedOffForTheBenchmarkOnly) {
  if (!os::may_turn_aslr_off()) GTEST_SKIP() << "personality(2) is forbidden here";
  const auto samples = run_with("aslr: off");
  EXPECT_EQ(value_of(samples, "layout"), 40000);
  EXPECT_EQ(samples.at("run").at("machine").at("facts").at("aslr"), "off");
  EXPECT_EQ(value_of(run_with("aslr: keep"), "layout"), 0);
}

}  // namespace
}  // namespace perfwarden::app
