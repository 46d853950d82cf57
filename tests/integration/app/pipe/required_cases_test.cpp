#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "ingest/read.hpp"
#include "support/fakes.hpp"

// What perfwarden promises to say of known changes, through files and the command that people use: ten benchmarks, 30
// interleaved pairs, one of them with something to it.
namespace perfwarden::app {
namespace {

constexpr std::size_t k_pairs = 30;
constexpr int k_benchmarks = 10;

class RequiredCases : public testing::Test {
 protected:
  RequiredCases() {
    for (int i = 0; i < k_benchmarks; ++i) {
      const std::string name = i == 0 ? "subject" : "bystander" + std::to_string(i);
      base_.series.push_back(series(name));
      head_.series.push_back(series(name));
    }
    for (Samples* side : {&base_, &head_}) {
      side->run.session = "one";
      side->run.machine.facts = {{"cpu", "EPYC"}};
      seal(side->run.machine);
    }
  }

  Series series(const std::string& name) {
    Series one;
    one.id = {"core", name, "wall_time"};
    one.metric = *known_metric("wall_time");
    one.original_unit = "s";
    for (std::size_t k = 0; k < k_pairs; ++k) one.invocations.push_back({0.01 * noise(0.01)});
    return one;
  }
  double noise(double cv) { return std::exp(std::normal_distribution<double>(0, cv)(engine_)); }
  std::vector<std::vector<double>>& subject(Samples& side) { return side.series[0].invocations; }
  void slow_down(double factor) {
    for (auto& values : subject(head_)) values[0] *= factor;
  }

  // The subject's entry of the report; the others must be left in peace.
  nlohmann::json compare() {
    directory_.write("base.json", ingest::write_samples(base_));
    directory_.write("head.json", ingest::write_samples(head_));
    const std::string base = directory_ / "base.json";
    const std::string head = directory_ / "head.json";
    directory_.write("perfwarden.yml", "version: 1\nsuites: { core: { run: ./bench } }\nbudgets: { '*': +5% }\n");
    const std::string config = directory_ / "perfwarden.yml";
    const std::vector<const char*> words{"perfwarden", "compare",      base.c_str(), head.c_str(),
                                         "--config",   config.c_str(), "--gate",     "--json"};
    console_ = {};
    World world{processes_, clock_, environment_, console_, http_};
    exit_code_ = run(world, words);
    const nlohmann::json report = nlohmann::json::parse(console_.out_text);
    nlohmann::json found;
    for (const nlohmann::json& one : report.at("comparisons")) {
      if (one.at("benchmark") == "subject")
        found = one;
      else
        EXPECT_TRUE(one.at("confidence").is_null() && one.at("verdict") != "regression") << one;
    }
    return found;
  }
  void expect_no_alert() {
    const nlohmann::json said = compare();
    EXPECT_NE(said.at("confidence"), "HIGH") << said;
    EXPECT_NE(said.at("confidence"), "MEDIUM") << said;
    EXPECT_NE(said.at("verdict"), "regression") << said;
    EXPECT_EQ(exit_code_, 0) << said;
  }

  std::mt19937_64 engine_{20261121};
  Samples base_, head_;
  int exit_code_ = -1;
  support::TemporaryDirectory directory_;
  support::FakeProcesses processes_;
  support::FakeClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
  os::Environment environment_;
};

TEST_F(RequiredCases, TenPercentSlowerIsHighAndFails) {
  slow_down(1.10);
  const nlohmann::json said = compare();
  EXPECT_EQ(said.at("confidence"), "HIGH") << said;
  EXPECT_EQ(said.at("verdict"), "regression");
  EXPECT_EQ(exit_code_, 1);
}

TEST_F(RequiredCases, FivePercentSlowerIsMedium) {
  slow_down(1.05);
  const nlohmann::json said = compare();
  EXPECT_EQ(said.at("confidence"), "MEDIUM") << said;
}

TEST_F(RequiredCases, TwoPercentSlowerIsNothing) {
  slow_down(1.02);
  EXPECT_TRUE(compare().at("confidence").is_null());
  expect_no_alert();
}

TEST_F(RequiredCases, ASpikeInTheBaselineIsNothing) {
  for (std::size_t k = 10; k < 14; ++k) subject(base_)[k][0] *= 3;
  expect_no_alert();
}

TEST_F(RequiredCases, AnotherMachineIsNothing) {
  slow_down(1.30);
  head_.run.session = "two";
  head_.run.machine.facts = {{"cpu", "Xeon"}};
  seal(head_.run.machine);
  for (Series& series : head_.series)
    for (auto& values : series.invocations) values[0] *= 1.3;
  const nlohmann::json said = compare();
  EXPECT_NE(said.at("verdict"), "regression") << said;
  EXPECT_EQ(exit_code_, 0);
}

TEST_F(RequiredCases, AColdFirstRunIsNothing) {
  subject(head_)[0][0] *= 5;
  expect_no_alert();
}

TEST_F(RequiredCases, AFlakyBenchmarkIsNothing) {
  for (Samples* side : {&base_, &head_})
    for (auto& values : subject(*side)) values[0] *= noise(0.4);
  expect_no_alert();
}

TEST_F(RequiredCases, AnImprovementIsHeldToTheSameRigour) {
  slow_down(0.90);
  const nlohmann::json said = compare();
  EXPECT_EQ(said.at("confidence"), "HIGH") << said;
  EXPECT_EQ(said.at("verdict"), "improvement");
  EXPECT_EQ(exit_code_, 0);
}

}  // namespace
}  // namespace perfwarden::app
