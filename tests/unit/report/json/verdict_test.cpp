#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gates/judge.hpp"
#include "report/renderer.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

Budget budget_of(const std::string& glob, const Limit& limit) {
  return {glob, {{"", limit}}, false, {"perfwarden.yml", 7, 3}};
}

Limit soft(double fraction) {
  Limit limit;
  limit.soft = Change{fraction, true, "", "limit"};
  return limit;
}

struct NamedConfig {
  std::string name;
  Config config;
};

std::vector<NamedConfig> configs() {
  std::vector<NamedConfig> out;
  Config usual;
  usual.budgets = {budget_of("*", soft(0.05))};
  out.push_back({"usual", usual});
  Config none;
  out.push_back({"no budget", none});
  Config tight = usual;
  Limit hard;
  hard.hard = Change{0.01, true, "", "+1%"};
  hard.max = parse_quantity("10 ms");
  tight.budgets.push_back(budget_of("core/parse/*", hard));
  tight.vanished = tight.added = OnPresence::hard;
  for (const ProfileScope scope : {ProfileScope::function, ProfileScope::package, ProfileScope::owner})
    for (const ProfileCost cost : {ProfileCost::self, ProfileCost::total})
      tight.profile_gates.rules.push_back(
          {"cpu-regression", "**", scope, cost, std::nullopt, 0.0005, std::nullopt, {"perfwarden.yml", 9, 3}});
  out.push_back({"tight", tight});
  Config off = tight;
  off.gates_enabled = false;
  out.push_back({"off", off});
  Config strangers = usual;
  strangers.overrides.allow = {"hubot"};
  out.push_back({"overrides by others only", strangers});
  Config left_out;
  left_out.budgets = {budget_of("night/**", soft(0.05))};
  out.push_back({"of another suite", left_out});
  return out;
}

std::string json_of(const Report& report) {
  return find_renderer("json")->render(report, Templates{}, {}).value_or("");
}

// So that `gate` of a report comes to what `check` came to: whatever decides the verdict is in the JSON, whole.
TEST(VerdictAgain, OfAReportThatWasWrittenAndReadIsTheSame) {
  for (const auto& [config_name, config] : configs()) {
    for (const auto& [name, sample] : support::sample_reports()) {
      if (name == "many") continue;  // would take seconds
      SCOPED_TRACE(testing::Message() << name << " by the config '" << config_name << "'");
      Report report = sample;
      report.verdict = gates::judge(gates::subject_of(report), config);
      const std::string once = json_of(report);
      Result<Report> read = read_json(once, "report.json");
      ASSERT_TRUE(read) << read.error().text();
      read->verdict = gates::judge(gates::subject_of(*read), config);
      EXPECT_EQ(read->verdict.conclusion, report.verdict.conclusion);
      EXPECT_EQ(read->verdict.findings.size(), report.verdict.findings.size());
      EXPECT_TRUE(name == "hostile" || json_of(*read) == once);  // bytes that are not UTF-8 do not come back
    }
  }
}

// The proof above is worth something: each part of the subject changes what some sample report comes to.
TEST(VerdictAgain, EveryPartOfTheSubjectCounts) {
  const std::vector<NamedConfig> all = configs();
  const Config& usual = all[0].config;
  const auto verdict_of = [](const Report& report, const Config& config) {
    return gates::judge(gates::subject_of(report), config).conclusion;
  };
  Report report = support::report_overridden();
  const Conclusion accepted = verdict_of(report, usual);
  report.accepted = {};
  EXPECT_NE(verdict_of(report, usual), accepted);
  report = support::report_no_baseline();
  EXPECT_EQ(verdict_of(report, usual), Conclusion::no_baseline);
  report.has_baseline = true;
  EXPECT_EQ(verdict_of(report, usual), Conclusion::inconclusive);
  report = support::report_pass();
  Config narrow = usual;
  narrow.profile_gates.rules.push_back(
      {"cpu-regression", "**", ProfileScope::function, ProfileCost::self, std::nullopt, 0.02, std::nullopt, {}});
  EXPECT_EQ(verdict_of(report, narrow), Conclusion::pass);
  report.evidence = {support::sample_evidence()};
  EXPECT_EQ(verdict_of(report, narrow), Conclusion::fail);
  const auto is_unmatched = [&](const Report& one) {
    const Verdict verdict = gates::judge(gates::subject_of(one), all[5].config);
    return std::any_of(verdict.warnings.begin(), verdict.warnings.end(),
                       [](const Warning& warning) { return warning.code == k_budget_unmatched; });
  };
  report = support::report_pass();
  EXPECT_TRUE(is_unmatched(report));
  report.left_out = {"night"};
  EXPECT_FALSE(is_unmatched(report));
}

// A function of which nothing is worth reporting may still be in doubt by a tighter limit.
TEST(VerdictAgain, QuietFunctionsAreJudgedFromTheReportToo) {
  Config config;
  config.profile_gates.rules = {{"cpu-regression",
                                 "parser::peek",
                                 ProfileScope::function,
                                 ProfileCost::self,
                                 std::nullopt,
                                 0.001,
                                 std::nullopt,
                                 {}}};
  Report report = support::report_pass();
  report.evidence = {support::sample_evidence()};
  const Verdict before = gates::judge(gates::subject_of(report), config);
  ASSERT_EQ(before.findings.size(), 1U);
  EXPECT_TRUE(before.findings[0].undecided);
  const Report read = read_json(json_of(report), "report.json").value();
  const Verdict after = gates::judge(gates::subject_of(read), config);
  ASSERT_EQ(after.findings.size(), 1U);
  EXPECT_EQ(after.findings[0].reason, before.findings[0].reason);
}

}  // namespace
}  // namespace perfwarden::report
