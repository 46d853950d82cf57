#include "config/load.hpp"
#include "support/vocabulary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace perfwarden::config {
namespace {

const std::string k_head = "version: 1\nsuites:\n  core: { run: ./bench }\n";

Loaded load(const std::string& yaml, const std::vector<ValueOverride>& overrides = {}) {
  auto loaded = parse(yaml, "perfwarden.yml", support::k_vocabulary, overrides);
  if (!loaded) {
    ADD_FAILURE() << loaded.error().text();
    return {};
  }
  return std::move(loaded).value();
}

std::string refusal(const std::string& yaml) {
  const auto loaded = parse(yaml, "perfwarden.yml", support::k_vocabulary);
  EXPECT_FALSE(loaded) << yaml;
  return loaded ? "" : loaded.error().text();
}

std::string origin_of(const Loaded& loaded, const std::string& key) {
  for (const Origin& one : loaded.origins)
    if (one.key == key) return one.value + " from " + one.origin;
  return "(no such key)";
}

TEST(ConfigLoad, WhatIsNotGivenIsTheModelsDefault) {
  const Config config = load(k_head).config;
  Config expected;
  expected.hash = config.hash;
  Suite core;
  core.name = "core";
  core.run.argv = {"./bench"};
  core.where = {"perfwarden.yml", 3, 3};
  expected.suites = {core};
  EXPECT_EQ(config, expected);
}

TEST(ConfigLoad, ShortBudgetIsSoftForEveryPrimaryMetric) {
  const Config config = load(k_head + "budgets:\n  \"*\": +5%\n").config;
  ASSERT_EQ(config.budgets.size(), 1U);
  const Budget& budget = config.budgets.front();
  EXPECT_EQ(budget.glob, "*");
  EXPECT_EQ(budget.where.text(), "perfwarden.yml:5:3");
  ASSERT_EQ(budget.limits.count(""), 1U);
  const Limit& limit = budget.limits.at("");
  ASSERT_TRUE(limit.soft);
  EXPECT_DOUBLE_EQ(limit.soft->value, 0.05);
  EXPECT_TRUE(limit.soft->relative);
  EXPECT_EQ(limit.soft->original, "+5%");
  EXPECT_FALSE(limit.warn || limit.hard || limit.max || limit.min);
}

TEST(ConfigLoad, BudgetsKeepTheFilesOrder) {
  const Config config = load(k_head + "budgets:\n  core/z: +1%\n  core/a: +2%\n  \"*\": off\n").config;
  ASSERT_EQ(config.budgets.size(), 3U);
  EXPECT_EQ(config.budgets[0].glob, "core/z");
  EXPECT_EQ(config.budgets[1].glob, "core/a");
  EXPECT_TRUE(config.budgets[2].off);
  EXPECT_TRUE(config.budgets[2].limits.empty());
}

TEST(ConfigLoad, LimitsAreInBaseUnits) {
  const Config config =
      load(k_head +
           "budgets:\n  core/x:\n    wall_time: { warn: +1%, hard: +2 ms, max: 12 ms, min: 1us, level: "
           "warn }\n    max_rss: +16 KiB\n    throughput: -5%\n    allocations: { max: 7 }\n")
          .config;
  const auto& limits = config.budgets.front().limits;
  const Limit& time = limits.at("wall_time");
  EXPECT_DOUBLE_EQ(time.hard->value, 0.002);
  EXPECT_FALSE(time.hard->relative);
  EXPECT_EQ(time.hard->base_unit, "s");
  EXPECT_DOUBLE_EQ(time.max->value, 0.012);
  EXPECT_EQ(time.max->original, "12 ms");
  EXPECT_DOUBLE_EQ(time.min->value, 1e-6);
  EXPECT_EQ(time.level, Level::warn);
  EXPECT_DOUBLE_EQ(limits.at("max_rss").soft->value, 16384);
  EXPECT_DOUBLE_EQ(limits.at("throughput").soft->value, -0.05);
  EXPECT_DOUBLE_EQ(limits.at("allocations").max->value, 7);
  EXPECT_EQ(limits.at("allocations").max->base_unit, "1");
}

TEST(ConfigLoad, CommandsAreWordsListsOrShell) {
  const Config config = load(
                            "version: 1\nsuites:\n"
                            "  a: { run: './b \"x y\" {case}', cases: [1, two] }\n"
                            "  b: { run: [./b, 'a | b', 3] }\n"
                            "  c: { run: 'a | b', teardown: [rm, x], shell: true }\n"
                            "  d: { build: { command: 'a && b', shell: true }, run: ./d }\n")
                            .config;
  EXPECT_EQ(config.suites[0].run.argv, (std::vector<std::string>{"./b", "x y", "{case}"}));
  EXPECT_EQ(config.suites[0].cases, (std::vector<std::string>{"1", "two"}));
  EXPECT_EQ(config.suites[1].run.argv, (std::vector<std::string>{"./b", "a | b", "3"}));
  EXPECT_EQ(config.suites[2].run.shell, "a | b");
  EXPECT_TRUE(config.suites[2].run.argv.empty());
  EXPECT_EQ(config.suites[2].teardown.argv, (std::vector<std::string>{"rm", "x"}));
  EXPECT_EQ(config.suites[3].build.shell, "a && b");
  EXPECT_EQ(config.suites[3].run.argv, (std::vector<std::string>{"./d"}));
}

TEST(ConfigLoad, SuitesInheritKeyByKeyAndWin) {
  const Loaded loaded = load(
      "version: 1\n"
      "defaults: { build: make, iterations: { min: 5, max: 20, max-time: 2m }, env: { A: 1, B: 2 }, pin: { cpus: "
      "'2-3,5' } }\n"
      "suites:\n"
      "  core: { run: ./b, iterations: 7, env: { B: x }, timeout: 90s }\n"
      "  cli: { run: ./c, iterations: { max: 30 }, pin: { cpus: 1 }, build: ./make-cli }\n");
  const Suite& core = loaded.config.suites[0];
  const Suite& cli = loaded.config.suites[1];
  EXPECT_EQ(core.iterations, (Iterations{7, 7, 120}));
  EXPECT_EQ(core.env, (std::map<std::string, std::string>{{"A", "1"}, {"B", "x"}}));
  EXPECT_EQ(core.cpus, (std::vector<int>{2, 3, 5}));
  EXPECT_DOUBLE_EQ(core.timeout_s, 90);
  EXPECT_EQ(core.build.argv, std::vector<std::string>{"make"});
  EXPECT_EQ(cli.iterations, (Iterations{5, 30, 120}));
  EXPECT_EQ(cli.cpus, std::vector<int>{1});
  EXPECT_EQ(cli.build.argv, std::vector<std::string>{"./make-cli"});
  EXPECT_EQ(origin_of(loaded, "suites.cli.iterations.min"), "5 from perfwarden.yml:2:45");
  EXPECT_EQ(origin_of(loaded, "suites.cli.iterations.max"), "30 from perfwarden.yml:5:39");
  EXPECT_EQ(origin_of(loaded, "suites.cli.warmup"), "1 from default");
}

TEST(ConfigLoad, OneBoundOfIterationsMovesTheOther) {
  const auto iterations = [](const std::string& text) {
    return load("version: 1\nsuites:\n  core: { run: ./b, iterations: " + text + " }\n").config.suites[0].iterations;
  };
  EXPECT_EQ(iterations("{ max: 40 }"), (Iterations{6, 40, 300}));
  EXPECT_EQ(iterations("{ max: 5 }"), (Iterations{5, 5, 300}));
  EXPECT_EQ(iterations("{ min: 20 }"), (Iterations{20, 50, 300}));
  EXPECT_EQ(iterations("{ min: 80 }"), (Iterations{80, 80, 300}));
  EXPECT_EQ(iterations("{ max-time: 1m }"), (Iterations{6, 50, 60}));
}

TEST(ConfigLoad, DeclaredMetricsStartFromWhatIsKnown) {
  const auto metrics = load(k_head +
                            "metrics:\n  cpu_time: { primary: true }\n  qps: { unit: op/s }\n  latency: { unit: ms }\n"
                            "  score: { better: higher, deterministic: true, primary: false }\n")
                           .config.metrics;
  EXPECT_EQ(metrics.at("cpu_time"), (Metric{"cpu_time", "s", Better::lower, false, true}));
  EXPECT_EQ(metrics.at("qps"), (Metric{"qps", "op/s", Better::higher, false, true}));
  EXPECT_EQ(metrics.at("latency"), (Metric{"latency", "ms", Better::lower, false, true}));
  EXPECT_EQ(metrics.at("score"), (Metric{"score", "", Better::higher, true, false}));
}

TEST(ConfigLoad, PoliciesAreRead) {
  const Config config =
      load(k_head +
           "mode: observe\nproject: p\nbenchmarks: { vanished: hard, new: soft }\n"
           "statistics: { confidence: 95%, significance: 1%, correction: none, min-effect: 0.5%, high-effect: 3%, "
           "unstable-cv: 20%, false-alarms: 0.1%, inconclusive: fail }\n"
           "baseline: { strategy: file, file: b.json, branch: dev, directory: d, match-machine: any, missing: warn, "
           "tag: r*, commit: v1 }\n"
           "report: { directory: r, templates: t, comment: on-change, label: off, formats: [json] }\n"
           "publish: { check: perf, code-scanning: true, failure: fail }\n"
           "overrides: { label: l, allow: [octocat, 'bot[bot]'], require-reason: false }\nhistory: off\n")
          .config;
  EXPECT_EQ(config.mode, Mode::observe);
  EXPECT_EQ(config.project, "p");
  EXPECT_EQ(config.vanished, OnPresence::hard);
  EXPECT_EQ(config.added, OnPresence::soft);
  EXPECT_EQ(config.statistics,
            (StatisticsConfig{0.95, 0.01, Correction::none, 0.005, 0.03, 0.2, 0.001, OnInconclusive::fail}));
  EXPECT_EQ(config.baseline, (BaselineConfig{BaselineStrategy::file, "dev", "d", "b.json", MatchMachine::any,
                                             OnMissing::warn, "r*", "v1"}));
  EXPECT_EQ(config.report, (ReportConfig{"r", "t", std::vector<std::string>{"json"}}));
  PublishConfig publish;
  publish.comment.when = CommentWhen::on_change;
  publish.label.name = "";
  publish.check.name = "perf";
  publish.code_scanning.upload = true;
  publish.failure = OnFailure::fail;
  EXPECT_EQ(config.publish, publish);
  EXPECT_EQ(config.overrides, (OverrideConfig{"l", {"octocat", "bot[bot]"}, "", false}));
  EXPECT_EQ(config.history, "");
}

TEST(ConfigLoad, TheMachineIsLeftAloneUnlessAskedFor) {
  const MachineConfig machine = load(k_head).config.machine;
  EXPECT_EQ(machine, MachineConfig{});
  EXPECT_EQ(load(k_head +
                 "machine: { pin: auto, governor: keep, turbo: keep, smt: keep, aslr: keep, thp: keep, irq: keep }\n")
                .config.machine,
            machine);
}

TEST(ConfigLoad, TheMachineIsReadAndShown) {
  const Loaded loaded = load(
      k_head +
      "machine: { pin: \"2-3,5\", governor: performance, turbo: off, smt: on, aslr: off, thp: never, irq: away }\n");
  const MachineConfig& machine = loaded.config.machine;
  EXPECT_EQ(machine.pin, Pinning::cpus);
  EXPECT_EQ(machine.cpus, (std::vector<int>{2, 3, 5}));
  EXPECT_EQ(machine.governor, "performance");
  EXPECT_EQ(machine.turbo, false);
  EXPECT_EQ(machine.smt, true);
  EXPECT_TRUE(machine.aslr_off);
  EXPECT_EQ(machine.huge_pages, "never");
  EXPECT_TRUE(machine.interrupts_away);
  EXPECT_NE(show(loaded).find("machine.pin = [2, 3, 5]   # perfwarden.yml"), std::string::npos);
  EXPECT_NE(show(loaded).find("machine.turbo = off   # perfwarden.yml"), std::string::npos);
  EXPECT_EQ(load(k_head + "machine: { pin: off }\n").config.machine.pin, Pinning::off);
  EXPECT_EQ(load(k_head + "machine: { pin: 4 }\n").config.machine.cpus, (std::vector<int>{4}));
}

TEST(ConfigLoad, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(refusal("version: 1\nsuites: { core: { run: \"é é\", parzer: x } }\n").substr(0, 26),
            "perfwarden.yml:2:31: error");
}

TEST(ConfigLoad, AnAliasIsAnErrorWhereItStands) {
  const std::string said = refusal("version: 1\nx-a: &a [x]\nsuites: { core: { run: ./b, env: *a } }\n");
  EXPECT_EQ(said.substr(0, 26), "perfwarden.yml:3:34: error");
}

TEST(ConfigLoad, ABudgetForNoSuiteIsAWarningWithTheNearest) {
  const Loaded loaded = load(k_head + "budgets:\n  cor/parse: +5%\n  core/x: +1%\n  \"*/x\": +1%\n  zzz: +1%\n");
  ASSERT_EQ(loaded.warnings.size(), 2U);
  EXPECT_EQ(loaded.warnings[0].code, "unmatched-budget");
  EXPECT_EQ(loaded.warnings[0].text,
            "perfwarden.yml:5:3: budget 'cor/parse' matches nothing: there is no suite 'cor'; did you mean 'core'?");
  EXPECT_EQ(loaded.warnings[1].text,
            "perfwarden.yml:8:3: budget 'zzz' matches nothing: there is no suite 'zzz'; suites: core");
}

TEST(ConfigLoad, AMetricThatIsNearlyKnownIsAWarning) {
  const Loaded loaded = load(k_head + "budgets:\n  core: { wall_tme: +5%, my_counter: +1% }\n");
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_NE(loaded.warnings[0].text.find("did you mean 'wall_time'?"), std::string::npos);
}

TEST(ConfigLoad, AMetricThatASuiteNamesIsKnownWhateverItLooksLike) {
  const Loaded loaded = load(
      "version: 1\nsuites:\n  core: { run: ./b, metrics: [wall_tme, mix] }\n"
      "budgets:\n  core: { wall_tme: +5%, mix: +1% }\n");
  EXPECT_TRUE(loaded.warnings.empty());
  EXPECT_EQ(loaded.config.budgets.front().limits.count("mix"), 1U);
}

TEST(ConfigLoad, ALevelThatIsNeverReachedIsAWarning) {
  const Loaded loaded = load(k_head + "budgets:\n  core: { soft: +5%, hard: +2% }\n");
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_EQ(loaded.warnings[0].code, "hidden-level");
}

TEST(ConfigLoad, ABudgetBelowTheSmallestChangeThatCountsIsAWarning) {
  const std::string statistics = "statistics: { min-effect: 3% }\n";
  for (const char* budget : {"core: +2%", "core: { wall_time: { soft: +9%, warn: +2% } }"}) {
    const Loaded loaded = load(k_head + statistics + "budgets:\n  " + budget + "\n");
    ASSERT_EQ(loaded.warnings.size(), 1U) << budget;
    EXPECT_EQ(loaded.warnings[0].code, "small-budget");
    EXPECT_NE(loaded.warnings[0].text.find("+2% below statistics.min-effect 3%"), std::string::npos);
  }
  for (const char* budget : {"core: +3%", "core: { binary_size: +0% }", "core: { max_rss: +16 KiB }", "core: off"})
    EXPECT_TRUE(load(k_head + statistics + "budgets:\n  " + budget + "\n").warnings.empty()) << budget;
}

TEST(ConfigLoad, ALimitOfThe95thPercentileTakesManyRuns) {
  const auto warnings = [](const std::string& suite) {
    return load("version: 1\nsuites:\n  core: { run: ./b" + suite + " }\nbudgets:\n  core: { p95: +10% }\n").warnings;
  };
  for (const char* suite : {"", ", iterations: 71", ", iterations: { min: 80, max: 90 }"}) {
    ASSERT_EQ(warnings(suite).size(), 1U) << suite;
    EXPECT_EQ(warnings(suite)[0].code, "few-runs");
    EXPECT_NE(warnings(suite)[0].text.find("set its iterations: 72"), std::string::npos) << warnings(suite)[0].text;
  }
  for (const char* suite : {", iterations: 72", ", parser: k6", ", metrics: [p95]"})
    EXPECT_TRUE(warnings(suite).empty()) << suite;
}

TEST(ConfigLoad, ABudgetMayBeOptional) {
  const Loaded loaded = load(k_head + "budgets:\n  core: { soft: +5%, optional: true }\n  core/*: +5%\n");
  ASSERT_EQ(loaded.config.budgets.size(), 2U);
  EXPECT_TRUE(loaded.config.budgets[0].limits.at("").optional);
  EXPECT_FALSE(loaded.config.budgets[1].limits.at("").optional);
  EXPECT_FALSE(parse(k_head + "budgets:\n  core: { optional: true }\n", "f.yml", support::k_vocabulary));
}

TEST(ConfigLoad, RawValuesAreNotKeptLongerThanTheirRuns) {
  const Config config = load(k_head + "retention: { raw: 30d, summaries: 1y }\n").config;
  EXPECT_EQ(config.retention.raw_s, 30 * 86400.0);
  EXPECT_EQ(config.retention.summaries_s, 365 * 86400.0);
  EXPECT_EQ(load(k_head).config.retention.summaries_s, 730 * 86400.0);
  for (const char* wrong : {"retention: { raw: 3y }\n", "retention: { summaries: 30d }\n"})
    EXPECT_FALSE(parse(k_head + wrong, "f.yml", support::k_vocabulary)) << wrong;
}

TEST(ConfigLoad, HashChangesWithWhatIsMeasuredOrJudgedAndNothingElse) {
  const std::string hash = load(k_head).config.hash;
  EXPECT_EQ(hash.size(), 16U);
  for (const char* same : {"project: p\n", "report: { directory: x }\n", "overrides: { label: x }\n", "history: off\n",
                           "retention: { raw: 30d }\n", "publish: { slack: { tell: always } }\n", "# comment\n",
                           "x-y: 1\n", "statistics: { confidence: 99% }\n", "defaults: { warmup: 1 }\n"})
    EXPECT_EQ(load(k_head + same).config.hash, hash) << same;
  for (const char* other : {"budgets: { '*': +5% }\n", "statistics: { confidence: 98% }\n", "defaults: { warmup: 2 }\n",
                            "defaults: { env: { A: b } }\n", "benchmarks: { new: warn }\n",
                            "metrics: { x: { unit: s } }\n", "baseline: { match-machine: any }\n"})
    EXPECT_NE(load(k_head + other).config.hash, hash) << other;
  EXPECT_EQ(load("\n\n" + k_head).config.hash, hash) << "places do not count";
}

TEST(ConfigLoad, WhatOnlyTheBaseCommitMaySayIsTakenBackFromAPullRequestsFile) {
  Loaded loaded = load(k_head + "build-cache: { directory: /var/cache/x, limit: 1 GiB }\nreport: { directory: r }\n");
  EXPECT_EQ(loaded.config.build_cache.directory, "/var/cache/x");
  distrust(loaded);
  EXPECT_EQ(loaded.config.build_cache, BuildCacheConfig{});
  EXPECT_EQ(loaded.config.report.directory, "r");
  EXPECT_EQ(show(loaded).find("build-cache"), std::string::npos);
  Loaded hostile = load(k_head + "publish: { webhook: { tell: always, url: 'https://evil.example' } }\n");
  EXPECT_EQ(hostile.config.publish.webhook.url, "https://evil.example");
  distrust(hostile);
  EXPECT_EQ(hostile.config.publish, PublishConfig{}) << "secrets go to these addresses";
}

TEST(ConfigLoad, ShowPrintsEveryValueWithItsOrigin) {
  const std::string shown =
      show(load("version: 1\nsuites:\n  core: { run: './b \"\\e[31m\" x' }\nmode: observe\n"
                "budgets: { \"a b\": off }\n",
                {{"statistics.inconclusive", "fail", "flag --inconclusive"}}));
  EXPECT_NE(shown.find("mode = observe   # perfwarden.yml:4:7\n"), std::string::npos);
  EXPECT_NE(shown.find("statistics.inconclusive = fail   # flag --inconclusive\n"), std::string::npos);
  EXPECT_NE(shown.find("statistics.confidence = 99%   # default\n"), std::string::npos);
  EXPECT_NE(shown.find("report.templates = (none)   # default\n"), std::string::npos);
}

// As people write budgets of endpoints.
TEST(Config, AThresholdIsAMaximumAndItsActionALevel) {
  const auto loaded = parse(
      "version: 1\nsuites: { core: { run: ./b } }\nbudgets:\n"
      "  api_latency_p99: { threshold: 100ms, action: block_deploy }\n"
      "  startup_time: { threshold: 5s, action: warn }\n",
      "perfwarden.yml", support::k_vocabulary);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_TRUE(loaded->warnings.empty());
  const Budget& api = loaded->config.budgets.at(0);
  EXPECT_EQ(api.glob, "**/api_latency_p99");
  EXPECT_DOUBLE_EQ(api.limits.at("").max->value, 0.1);
  EXPECT_EQ(api.limits.at("").level, Level::hard);
  EXPECT_EQ(loaded->config.budgets.at(1).limits.at("").level, Level::warn);
  for (const char* wrong : {"{ action: warn }", "{ threshold: 1s, max: 1s }", "{ threshold: 1s, action: page }"})
    EXPECT_FALSE(parse(std::string("version: 1\nsuites: { core: { run: ./b } }\nbudgets:\n  x: ") + wrong + "\n",
                       "perfwarden.yml", support::k_vocabulary))
        << wrong;
}

}  // namespace
}  // namespace perfwarden::config
