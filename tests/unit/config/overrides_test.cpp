#include "config/overrides.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "config/key.hpp"
#include "config/load.hpp"
#include "os/environment.hpp"
#include "support/vocabulary.hpp"

namespace perfwarden::config {
namespace {

using Variables = std::map<std::string, std::string>;

const std::string k_overridden = "version: 1\nsuites:\n  core: { run: ./bench }\n";

Result<Loaded> load(const std::string& yaml, const Variables& variables) {
  PW_TRY_ASSIGN(const auto overrides, overrides_of(os::Environment(variables)));
  return parse(yaml, "perfwarden.yml", support::k_vocabulary, overrides);
}

Loaded loaded(const std::string& yaml, const Variables& variables) {
  auto result = load(yaml, variables);
  if (!result) {
    ADD_FAILURE() << result.error().text();
    return {};
  }
  return std::move(result).value();
}

std::string refusal(const std::string& yaml, const Variables& variables) {
  const auto result = load(yaml, variables);
  EXPECT_FALSE(result);
  return result ? "" : result.error().text();
}

std::string overridden_origin(const Loaded& of, const std::string& key) {
  for (const Origin& one : of.origins)
    if (one.key == key) return one.value + " from " + one.origin;
  return "(no such key)";
}

TEST(ConfigEnvironment, AVariableSetsItsKeyAndIsItsOrigin) {
  const Loaded out = loaded(k_overridden + "mode: enforce\n", {{"PERFWARDEN_MODE", "observe"},
                                                               {"PERFWARDEN_STATISTICS_INCONCLUSIVE", "fail"},
                                                               {"PERFWARDEN_STATISTICS_MIN_EFFECT", "2%"},
                                                               {"PERFWARDEN_OVERRIDES_ALLOW", "octocat, hubot"},
                                                               {"PERFWARDEN_OVERRIDES_REQUIRE_REASON", "False"},
                                                               {"PERFWARDEN_DEFAULTS_WARMUP", "0"},
                                                               {"PERFWARDEN_PROJECT", "123"}});
  EXPECT_EQ(out.config.mode, Mode::observe);
  EXPECT_EQ(out.config.statistics.inconclusive, OnInconclusive::fail);
  EXPECT_DOUBLE_EQ(out.config.statistics.min_effect, 0.02);
  EXPECT_EQ(out.config.overrides.allow, (std::vector<std::string>{"octocat", "hubot"}));
  EXPECT_FALSE(out.config.overrides.require_reason);
  EXPECT_EQ(out.config.suites[0].warmup, 0);
  EXPECT_EQ(out.config.project, "123");
  EXPECT_EQ(overridden_origin(out, "mode"), "observe from environment PERFWARDEN_MODE");
  EXPECT_EQ(overridden_origin(out, "suites.core.warmup"), "0 from environment PERFWARDEN_DEFAULTS_WARMUP");
}

TEST(ConfigEnvironment, InputsOfTheActionKeepTheirDashesAndOutrankVariables) {
  const Loaded out = loaded(k_overridden, {{"INPUT_STATISTICS-MIN-EFFECT", "3%"},
                                           {"INPUT_BASELINE.BRANCH", "dev"},
                                           {"INPUT_REPORT_LABEL", "slow"},
                                           {"INPUT_MODE", "observe"},
                                           {"PERFWARDEN_MODE", "enforce"}});
  EXPECT_DOUBLE_EQ(out.config.statistics.min_effect, 0.03);
  EXPECT_EQ(out.config.baseline.branch, "dev");
  EXPECT_EQ(out.config.publish.label.name, "slow");
  EXPECT_EQ(out.config.mode, Mode::observe);
  EXPECT_EQ(overridden_origin(out, "mode"), "observe from environment INPUT_MODE");
}

TEST(ConfigEnvironment, EmptyReservedAndForeignNamesAreNoOverrides) {
  const auto overrides = overrides_of(os::Environment(Variables{{"PERFWARDEN_MODE", ""},
                                                                {"PERFWARDEN_CONFIG", "x.yml"},
                                                                {"PERFWARDEN_TOKEN", "t"},
                                                                {"PERFWARDEN_OUTPUT", "o"},
                                                                {"PERFWARDEN_COLOR", "never"},
                                                                {"PERFWARDEN_KEEP", "1"},
                                                                {"INPUT_NODE-VERSION", "20"},
                                                                {"INPUT_VERSION", "2"},
                                                                {"PATH", "/bin"}}));
  ASSERT_TRUE(overrides);
  EXPECT_TRUE(overrides->empty());
}

TEST(ConfigEnvironment, UnknownVariablesAreErrorsWithTheNearest) {
  const auto one = overrides_of(os::Environment(Variables{{"PERFWARDEN_MDOE", "observe"}}));
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().kind, ErrorKind::config);
  EXPECT_EQ(
      one.error().text(),
      "environment PERFWARDEN_MDOE: error: unknown variable 'PERFWARDEN_MDOE'\nhint: did you mean PERFWARDEN_MODE?");
  const auto two =
      overrides_of(os::Environment(Variables{{"PERFWARDEN_MDOE", "x"}, {"PERFWARDEN_SUITES_CORE_RUN", "x"}}));
  ASSERT_FALSE(two);
  EXPECT_NE(two.error().text().find("PERFWARDEN_SUITES_CORE_RUN"), std::string::npos);
  EXPECT_NE(two.error().text().find("are set in perfwarden.yml only"), std::string::npos);
  EXPECT_FALSE(overrides_of(os::Environment(Variables{{"PERFWARDEN_mode", "observe"}})))
      << "another variable than the upper-case one";
}

TEST(ConfigEnvironment, BadValuesNameTheVariable) {
  EXPECT_EQ(refusal(k_overridden, {{"PERFWARDEN_MODE", "observ"}}),
            "environment PERFWARDEN_MODE: error: 'mode' must be one of enforce, observe, not 'observ'\n"
            "hint: did you mean 'observe'?");
  EXPECT_EQ(refusal(k_overridden, {{"INPUT_STATISTICS_CONFIDENCE", "0.99"}}).substr(0, 45),
            "environment INPUT_STATISTICS_CONFIDENCE: erro");
}

TEST(ConfigEnvironment, ErrorsOfTheFileComeFirst) {
  const std::string said = refusal(k_overridden + "mdoe: x\n", {{"PERFWARDEN_MODE", "x"}});
  EXPECT_EQ(said.find("perfwarden.yml:4:1"), 0U);
  EXPECT_NE(said.find("\nenvironment PERFWARDEN_MODE: error"), std::string::npos);
}

TEST(ConfigEnvironment, OneBoundOfIterationsReplacesOneOfAShortForm) {
  const std::string yaml = "version: 1\ndefaults: { iterations: 8 }\nsuites:\n  core: { run: ./bench }\n";
  const Loaded out = loaded(yaml, {{"PERFWARDEN_DEFAULTS_ITERATIONS_MAX", "20"}});
  EXPECT_EQ(out.config.suites[0].iterations, (Iterations{8, 20, 300}));
}

TEST(ConfigEnvironment, EveryKeyHasAVariableOfItsOwnThatIsNotReserved) {
  std::set<std::string> names;
  for (const std::string& key : environment_keys())
    EXPECT_TRUE(names.insert("PERFWARDEN_" + variable_of(key)).second) << key;
  for (const std::string_view reserved : reserved_variables())
    EXPECT_EQ(names.count(std::string(reserved)), 0U) << reserved;
}

TEST(ConfigOverrides, FlagsSetAnyKeyOfTheFile) {
  const auto out = parse(k_overridden + "budgets: { a.b: +1%, '*': +5% }\n", "f", support::k_vocabulary,
                         {{"suites.core.iterations.min", "3", "flag --iterations"},
                          {"budgets.a.b", "+9%", "flag --budget"},
                          {"budgets.core/x", "off", "flag --budget"}});
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->config.suites[0].iterations.min, 3);
  ASSERT_EQ(out->config.budgets.size(), 3U);
  EXPECT_EQ(out->config.budgets[0].limits.at("").soft->original, "+9%");
  EXPECT_TRUE(out->config.budgets[2].off);
}

TEST(ConfigOverrides, UnknownKeysAreErrorsOfTheFlag) {
  const auto out = parse(k_overridden, "f", support::k_vocabulary, {{"statistics.confidense", "1%", "flag --set"}});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().text(),
            "flag --set: error: unknown key 'confidense' in 'statistics'\nhint: did you mean 'confidence'?");
}

// --- AI_GATE_*

const Limit& limit_of(const Loaded& of, std::size_t budget, const std::string& metric) {
  return of.config.budgets.at(budget).limits.at(metric);
}

TEST(GateVariables, CpuLimitsCpuTimeEverywhereAndTheGeneralTimeOfTheCatchAll) {
  const Loaded out =
      loaded(k_overridden + "budgets:\n  \"*\": { warn: +3%, soft: +5%, hard: +15% }\n  core/x: +1%\n  core/y: off\n",
             {{"AI_GATE_CPU_REG_MAX", "10"}});
  ASSERT_EQ(out.config.budgets.size(), 3U);
  const Limit& cpu = limit_of(out, 0, "cpu_time");
  EXPECT_EQ(cpu.soft->original, "+10%");
  EXPECT_FALSE(cpu.hard);
  const Limit& wall = limit_of(out, 0, "wall_time");
  EXPECT_EQ(wall.warn->original, "+3%");
  EXPECT_EQ(wall.soft->original, "+10%");
  EXPECT_EQ(wall.hard->original, "+15%");
  EXPECT_EQ(limit_of(out, 0, "").soft->original, "+5%") << "other primary metrics keep theirs";
  EXPECT_EQ(limit_of(out, 1, "cpu_time").soft->original, "+10%");
  EXPECT_EQ(out.config.budgets[1].limits.count("wall_time"), 0U);
  EXPECT_TRUE(out.config.budgets[2].limits.empty());
  EXPECT_EQ(overridden_origin(out, "budgets.*.cpu_time.soft"), "+10% from environment AI_GATE_CPU_REG_MAX");
  EXPECT_EQ(overridden_origin(out, "budgets.*.wall_time.warn"), "+3% from perfwarden.yml:5:16");
  ASSERT_EQ(out.warnings.size(), 1U);
  EXPECT_EQ(out.warnings[0].code, "gate-variable");
  EXPECT_EQ(out.warnings[0].text,
            "AI_GATE_CPU_REG_MAX=10% sets the limit of cpu_time, and of wall_time where the budget of "
            "everything limits it in general, in budget '*', 'core/x'");
}

TEST(GateVariables, BenchSlowLimitsWallTimeAndCpuThenLeavesIt) {
  const Loaded out = loaded(k_overridden + "budgets:\n  \"*\": +5%\n",
                            {{"AI_GATE_CPU_REG_MAX", "10"}, {"AI_GATE_BENCH_SLOW_MAX", "20%"}});
  EXPECT_EQ(limit_of(out, 0, "wall_time").soft->original, "+20%");
  EXPECT_EQ(limit_of(out, 0, "cpu_time").soft->original, "+10%");
}

TEST(GateVariables, MemoryLimitsThreeMetrics) {
  const Loaded out = loaded(k_overridden + "budgets:\n  \"**\": { max_rss: { hard: +16 KiB, max: 1 GiB } }\n",
                            {{"AI_GATE_MEM_REG_MAX", "+7.5%"}});
  for (const char* metric : {"allocated_bytes", "allocations"})
    EXPECT_EQ(limit_of(out, 0, metric).soft->original, "+7.5%");
  const Limit& rss = limit_of(out, 0, "max_rss");
  EXPECT_EQ(rss.hard->original, "+7.5%") << "a hard limit stays hard";
  EXPECT_FALSE(rss.soft);
  EXPECT_TRUE(rss.max) << "absolute bounds are kept";
}

TEST(GateVariables, WithoutACatchAllOneIsPutFirst) {
  const Loaded out = loaded(k_overridden + "budgets:\n  core/x: +1%\n", {{"AI_GATE_BENCH_SLOW_MAX", "0"}});
  ASSERT_EQ(out.config.budgets.size(), 2U);
  EXPECT_EQ(out.config.budgets[0].glob, "*");
  EXPECT_EQ(limit_of(out, 0, "wall_time").soft->original, "+0%");
  EXPECT_EQ(limit_of(out, 1, "wall_time").soft->original, "+0%");
}

TEST(GateVariables, WhatIsTighterGivesWay) {
  const Loaded out = loaded(k_overridden + "budgets:\n  \"*\": { wall_time: { warn: +8%, soft: +1%, hard: +2% } }\n",
                            {{"AI_GATE_BENCH_SLOW_MAX", "5"}});
  const Limit& wall = limit_of(out, 0, "wall_time");
  EXPECT_FALSE(wall.warn) << "a warning beyond the limit is never seen";
  EXPECT_EQ(wall.soft->original, "+5%");
  EXPECT_EQ(wall.hard->original, "+5%");
  EXPECT_EQ(overridden_origin(out, "budgets.*.wall_time.warn"), "(no such key)");
}

TEST(GateVariables, AMetricThatIsBetterHigherGetsTheOtherSign) {
  const Loaded out =
      loaded(k_overridden + "metrics: { cpu_time: { better: higher } }\n", {{"AI_GATE_CPU_REG_MAX", "5"}});
  EXPECT_EQ(limit_of(out, 0, "cpu_time").soft->original, "-5%");
  EXPECT_DOUBLE_EQ(limit_of(out, 0, "cpu_time").soft->value, -0.05);
}

TEST(GateVariables, EnableAndRatingAreRead) {
  const Loaded out = loaded(k_overridden, {{"AI_GATE_ENABLE", "FALSE"}, {"AI_GATE_MIN_RATING", "7.5"}});
  EXPECT_FALSE(out.config.gates_enabled);
  EXPECT_EQ(out.config.analysis.min_rating.soft, 7.5);
  ASSERT_EQ(out.warnings.size(), 1U);
  EXPECT_NE(out.warnings[0].text.find("AI_GATE_ENABLE is false"), std::string::npos);
  EXPECT_EQ(overridden_origin(out, "analysis.min-rating.soft"), "7.5 from environment AI_GATE_MIN_RATING");
  EXPECT_TRUE(loaded(k_overridden, {{"AI_GATE_ENABLE", "true"}}).warnings.empty());
}

TEST(GateVariables, BadValuesAreErrorsThatNameTheVariable) {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"AI_GATE_ENABLE", "maybe"},
                                                                      {"AI_GATE_CPU_REG_MAX", "-5"},
                                                                      {"AI_GATE_MEM_REG_MAX", "five"},
                                                                      {"AI_GATE_BENCH_SLOW_MAX", "5x"},
                                                                      {"AI_GATE_MIN_RATING", "11"}}) {
    const std::string said = refusal(k_overridden, {{name, value}});
    EXPECT_EQ(said.find("environment " + name + ": error: " + name + " cannot be '" + value + "'\nhint: "), 0U) << said;
  }
}

TEST(GateVariables, AnUnknownOneIsAWarningWithTheNearest) {
  const Loaded out = loaded(k_overridden, {{"AI_GATE_MEM_MAX", "5"}, {"AI_GATE_CPU_REGMAX", "5"}});
  ASSERT_EQ(out.warnings.size(), 2U);
  EXPECT_NE(out.warnings[0].text.find(
                "AI_GATE_CPU_REGMAX: not a variable of perfwarden and not used; did you mean AI_GATE_CPU_REG_MAX?"),
            std::string::npos);
}

TEST(GateVariables, TheyChangeTheHash) {
  const std::string yaml = k_overridden + "budgets:\n  \"*\": +5%\n";
  EXPECT_NE(loaded(yaml, {{"AI_GATE_CPU_REG_MAX", "6"}}).config.hash, loaded(yaml, {}).config.hash);
  EXPECT_NE(loaded(yaml, {{"AI_GATE_ENABLE", "false"}}).config.hash, loaded(yaml, {}).config.hash);
}

}  // namespace
}  // namespace perfwarden::config
