#include "app/doctor/noise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/doctor/workload.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Workloads that take the told time on a told clock.
class NoiseTest : public testing::Test {
 protected:
  void SetUp() override {
    processes_.answer = [this](const os::Command& command) {
      os::ProcessResult result;
      if (command.argv.size() == 4 && command.argv[2] == "--workload") {
        result.usage.wall_s = result.usage.user_s = 0.5 * (1 + 0.01 * static_cast<double>(++count_ % 3));
        clock_.tick(result.usage.wall_s);
      }
      return result;
    };
  }
  int doctor(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"perfwarden", "doctor"});
    World world = this->world();
    return run(world, arguments);
  }
  World world() { return {processes_, clock_, environment_, console_, http_}; }

  int count_ = 0;
  support::FakeProcesses processes_;
  support::FakeClock clock_;
  os::Environment environment_{std::map<std::string, std::string>{{"GITHUB_TOKEN", "ghs_very_secret"}}};
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(NoiseTest, MeasuresPairsOfFreshProcessesForTheTimeGiven) {
  World world = this->world();
  const auto noise = measure_noise(world, 60);
  ASSERT_TRUE(noise);
  ASSERT_EQ(noise->of.size(), 3U);
  EXPECT_LE(noise->seconds, 61);
  EXPECT_GE(noise->seconds, 55);
  for (const NoiseOf& of : noise->of) {
    EXPECT_EQ(of.first_s.size(), of.second_s.size());
    EXPECT_GE(of.first_s.size(), 18U);
    EXPECT_NEAR(of.run_s, 0.505, 0.006);
    EXPECT_GT(of.paired_sd, 0);
    EXPECT_LT(of.paired_sd, 0.025);
    EXPECT_GT(of.detectable[0], of.detectable[1]);
    EXPECT_GT(of.detectable[1], of.detectable[2]);
  }
  EXPECT_EQ(noise->runs, processes_.commands.size());
  for (const os::Command& command : processes_.commands) {
    EXPECT_EQ(command.argv[0], "/proc/self/exe");
    EXPECT_EQ(command.env.count("GITHUB_TOKEN"), 0U);
  }
}

TEST_F(NoiseTest, AtLeastSixPairsHoweverShortTheTime) {
  World world = this->world();
  const auto noise = measure_noise(world, 0.1);
  ASSERT_TRUE(noise);
  EXPECT_EQ(noise->of.front().first_s.size(), 6U);
}

TEST_F(NoiseTest, AWorkloadThatFailsIsAnErrorWithItsWords) {
  processes_.answer = [](const os::Command&) {
    os::ProcessResult result;
    result.exit_status = 3;
    result.err = "No space left on device\n";
    return result;
  };
  World world = this->world();
  const auto noise = measure_noise(world, 1);
  ASSERT_FALSE(noise);
  EXPECT_EQ(noise.error().what, "the built-in workload 'cpu' failed: exit status 3");
  EXPECT_EQ(noise.error().hint, "No space left on device ");
}

TEST_F(NoiseTest, DoctorShowsItWithinEightyColumns) {
  EXPECT_EQ(doctor({"--noise", "--minutes", "0.2"}), k_pass);
  EXPECT_THAT(console_.out_text, HasSubstr("Noise: 5 minutes show changes from"));
  EXPECT_THAT(console_.out_text, HasSubstr("seen in 1 min"));
  for (const std::string_view line : text::lines(console_.out_text)) EXPECT_LE(text::display_width(line), 80U) << line;
  EXPECT_THAT(console_.err_text, HasSubstr("for about 12 s"));
}

TEST_F(NoiseTest, DoctorWithoutItRunsNoWorkload) {
  EXPECT_EQ(doctor({}), k_pass);
  EXPECT_EQ(count_, 0);
  for (const std::string_view line : text::lines(console_.out_text)) EXPECT_LE(text::display_width(line), 80U) << line;
}

TEST_F(NoiseTest, JsonHoldsTheRunsThemselves) {
  EXPECT_EQ(doctor({"--json", "--minutes", "0.2"}), k_pass);
  const auto noise = nlohmann::json::parse(console_.out_text).at("noise");
  ASSERT_EQ(noise.at("workloads").size(), 3U);
  const auto& cpu = noise.at("workloads").at(0);
  EXPECT_EQ(cpu.at("workload"), "cpu");
  EXPECT_EQ(cpu.at("first_s").size(), cpu.at("pairs"));
  EXPECT_EQ(cpu.at("detectable").at(1).at("seconds"), 300);
}

TEST(NoiseSummary, IdenticalRunsHaveNoFloorAndTwoFewAreUnknown) {
  NoiseOf same{"cpu", {1, 1, 1}, {1, 1, 1}, 0, 0, 0, {}};
  summarise(same);
  EXPECT_EQ(same.paired_sd, 0);
  EXPECT_THAT(same.detectable, ElementsAre(0, 0, 0));
  NoiseOf one{"cpu", {1}, {1.1}, 0, 0, 0, {}};
  summarise(one);
  EXPECT_TRUE(std::isnan(one.paired_sd));
  EXPECT_THAT(describe({1, 2, 0, "", {one}, {}}), HasSubstr("?"));
}

TEST(NoiseSummary, DisturbedRunsAreTold) {
  NoiseOf of{"cpu", {1, 1.1, 1}, {1, 1, 1.1}, 0, 0, 0, {}};
  summarise(of);
  const std::string text =
      describe({6, 6, 2, "other programs used 0.50 CPUs at the same time", {of}, {{"x", "stop them"}}});
  EXPECT_THAT(text, HasSubstr("! 2 of 6 runs were disturbed"));
  EXPECT_THAT(text, HasSubstr("! stop them"));
}

TEST(Workload, EachDoesItsWorkAndTheSameEachTime) {
  for (const std::string_view name : k_workloads) {
    const auto first = do_workload(name, 1e-4), second = do_workload(name, 1e-4);
    ASSERT_TRUE(first && second) << name;
    EXPECT_NE(*first, 0U);
    EXPECT_EQ(*first, *second);
  }
  EXPECT_EQ(do_workload("gpu").error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace perfwarden::app
