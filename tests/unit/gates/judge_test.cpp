#include "gates/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace perfwarden::gates {
namespace {

const Metric k_time{"wall_time", "s", Better::lower, false, true};
const Metric k_rate{"throughput", "op/s", Better::higher, false, true};
const Metric k_bytes{"allocated_bytes", "B", Better::lower, false, true};
const Metric k_rss{"max_rss", "B", Better::lower, false, false};
const Metric k_size{"binary_size", "B", Better::lower, true, true};

Change relative(double fraction, const std::string& original) {
  return {fraction, true, "", original};
}

Change absolute(double value, const std::string& unit, const std::string& original) {
  return {value, false, unit, original};
}

// A comparison of 10 invocations a side whose value changed by `low`..`high` (fractions, as measured) around 1 s, 1000
// op/s or 1 MiB.
Comparison changed(const Metric& metric, double low, double high, std::optional<Confidence> confidence = std::nullopt,
                   const std::string& benchmark = "parse/large") {
  Comparison c;
  c.id = {"core", benchmark, metric.name};
  c.metric = metric;
  const double middle = (low + high) / 2;
  const double scale = metric.unit == "B" ? 1048576 : metric.unit == "op/s" ? 1000 : 1;
  c.base = {10, scale, scale, scale, scale, 0, 0};
  c.head = {10, scale * (1 + middle), scale * (1 + middle), scale, scale, 0, 0};
  c.pairs = 10;
  c.ratio = 1 + middle;
  c.ratio_interval = {1 + low, 1 + high, 0.99};
  c.difference = scale * middle;
  c.difference_interval = {scale * low, scale * high, 0.99};
  c.ratio_bounds = {1 + low, 1 + high, 0.9};
  c.difference_bounds = {scale * low, scale * high, 0.9};
  c.head_interval = {scale * (1 + low), scale * (1 + high), 0.99};
  c.effect_d = 2;
  c.significance = low > 0 || high < 0 ? Significance::distinct : Significance::indistinct;
  c.confidence = confidence;
  c.strongest = confidence.value_or(Confidence::medium);
  c.minimum_detectable = 0.04;
  c.criteria = {{"magnitude", true, ""},
                {"significance", true, ""},
                {"consistency", true, ""},
                {"baseline-stable", true, ""},
                {"environment", true, ""}};
  return c;
}

Verdict judge(const std::vector<Comparison>& comparisons, const Config& config, bool has_baseline,
              const std::vector<Override>& accepted = {}) {
  return gates::judge({.comparisons = comparisons, .has_baseline = has_baseline, .accepted = accepted}, config);
}

Config with(const std::string& glob, const Limit& limit, const std::string& metric = "") {
  Config config;
  Budget budget;
  budget.glob = glob;
  budget.limits[metric] = limit;
  budget.where = {"perfwarden.yml", 7, 3};
  config.budgets.push_back(budget);
  return config;
}

Limit limit_at(Level level, const Change& change) {
  Limit limit;
  (level == Level::warn ? limit.warn : level == Level::soft ? limit.soft : limit.hard) = change;
  return limit;
}

Limit max_of(const std::string& text, Level level = Level::soft) {
  Limit limit;
  limit.max = parse_quantity(text);
  limit.level = level;
  return limit;
}

Limit min_of(const std::string& text) {
  Limit limit;
  limit.min = parse_quantity(text);
  return limit;
}

bool has_warning(const Verdict& verdict, std::string_view code) {
  for (const Warning& warning : verdict.warnings)
    if (warning.code == code) return true;
  return false;
}

std::string warning_text(const Verdict& verdict, std::string_view code) {
  for (const Warning& warning : verdict.warnings)
    if (warning.code == code) return warning.text;
  return "";
}

void expect_consistent(const Verdict& verdict, std::size_t series) {
  const Counts& n = verdict.counts;
  EXPECT_EQ(verdict.judgements.size(), series);
  EXPECT_EQ(n.regressions + n.improvements + n.passed + n.inconclusive + n.added + n.vanished, series);
  for (std::size_t i = 1; i < verdict.findings.size(); ++i)
    EXPECT_GE(verdict.findings[i - 1].level, verdict.findings[i].level);
  for (const Finding& finding : verdict.findings) {
    EXPECT_NE(finding.level, Level::pass);
    EXPECT_FALSE(finding.reason.empty());
    EXPECT_EQ(finding.reason.find('\n'), std::string::npos);
  }
}

struct ZoneCase {
  const char* what;
  double low,
      high;  // what is sure of the value's change, in the bad direction of the metric; the estimate lies between
  std::optional<Confidence> strongest;
  std::optional<Confidence> fails;  // with this confidence
  bool decided;
};

const ZoneCase k_zones[] = {
    {"bound and estimate beyond", 0.08, 0.12, Confidence::high, Confidence::high, true},
    {"bound and estimate beyond, few pairs", 0.08, 0.12, Confidence::medium, Confidence::medium, true},
    {"bound and estimate beyond, another machine or one process", 0.08, 0.12, Confidence::low, std::nullopt, false},
    {"estimate beyond, bound not", 0.02, 0.09, Confidence::high, Confidence::medium, true},
    {"bound just below the limit", 0.0499, 0.09, Confidence::high, Confidence::medium, true},
    {"distinct, estimate within, bound not", 0.02, 0.07, Confidence::high, std::nullopt, false},
    {"estimate beyond, but not distinct", -0.02, 0.13, Confidence::high, std::nullopt, false},
    {"neither distinct nor bounded", -0.02, 0.09, Confidence::high, std::nullopt, false},
    {"bound touches the limit", 0.01, 0.05, Confidence::medium, std::nullopt, true},
    {"within", -0.01, 0.02, Confidence::high, std::nullopt, true},
    {"within, but of one process", -0.01, 0.02, Confidence::low, std::nullopt, false},
    {"better", -0.2, -0.1, Confidence::high, std::nullopt, true},
};

// Every zone × level × direction.
TEST(Judge, EstimateAndBoundDecideEveryLevelInBothDirections) {
  for (const Metric& metric : {k_time, k_rate}) {
    const double sign = metric.better == Better::lower ? 1 : -1;
    for (const Level level : {Level::warn, Level::soft, Level::hard}) {
      for (const ZoneCase& zone : k_zones) {
        SCOPED_TRACE(std::string(zone.what) + " " + metric.name + " " + std::string(name_of(level)));
        const double a = sign * zone.low;
        const double b = sign * zone.high;
        const Comparison c = changed(metric, std::min(a, b), std::max(a, b), zone.strongest);
        const Config config = with("core/*", limit_at(level, relative(sign * 0.05, sign > 0 ? "+5%" : "-5%")));
        const Verdict verdict = judge({c}, config, true);
        expect_consistent(verdict, 1);
        const Judgement& judgement = verdict.judgements[0];
        EXPECT_TRUE(judgement.gated);
        EXPECT_EQ(judgement.limit, sign > 0 ? "+5%" : "-5%");
        if (zone.fails) {
          // What no label can lift takes HIGH.
          EXPECT_EQ(judgement.level, zone.fails == Confidence::high ? level : std::min(level, Level::soft));
          EXPECT_EQ(judgement.outcome, Outcome::regression);
          EXPECT_EQ(verdict.conclusion, level == Level::warn ? Conclusion::pass : Conclusion::fail);
          ASSERT_EQ(verdict.findings.size(), 1U);
          EXPECT_EQ(verdict.findings[0].op, sign > 0 ? "<=" : ">=");
          EXPECT_DOUBLE_EQ(verdict.findings[0].expected, sign * 0.05);
          EXPECT_EQ(verdict.findings[0].unit, "%");
          EXPECT_EQ(verdict.findings[0].budget, "core/*");
          EXPECT_EQ(verdict.findings[0].where.line, 7);
          const std::string words = std::string(name_of(*zone.fails)) + " confidence";
          EXPECT_NE(verdict.findings[0].reason.find(words), std::string::npos) << verdict.findings[0].reason;
        } else if (zone.decided) {
          EXPECT_EQ(judgement.level, Level::pass);
          EXPECT_NE(judgement.outcome, Outcome::regression);
          EXPECT_NE(judgement.outcome, Outcome::inconclusive);
          EXPECT_EQ(verdict.conclusion, Conclusion::pass);
          EXPECT_TRUE(verdict.findings.empty());
        } else {
          // Doubt about a limit that only warns does no more than warn.
          EXPECT_EQ(judgement.level, level == Level::warn ? Level::warn : Level::inconclusive);
          EXPECT_EQ(judgement.outcome, Outcome::inconclusive);
          EXPECT_EQ(verdict.conclusion, level == Level::warn ? Conclusion::pass : Conclusion::inconclusive);
          ASSERT_EQ(verdict.findings.size(), 1U);
          EXPECT_TRUE(verdict.findings[0].undecided);
        }
      }
    }
  }
}

TEST(Judge, OnlyHighFailsWhereThePolicySaysSo) {
  for (const Level level : {Level::soft, Level::hard}) {
    Config config = with("core/*", limit_at(level, relative(0.05, "+5%")));
    config.statistics.fail_from = FailFrom::high;
    const Verdict medium = judge({changed(k_time, 0.02, 0.1, Confidence::high)}, config, true);
    EXPECT_EQ(medium.conclusion, Conclusion::pass);
    EXPECT_EQ(medium.judgements[0].level, Level::warn);
    ASSERT_EQ(medium.findings.size(), 1U);
    EXPECT_NE(medium.findings[0].reason.find("statistics.fail-from: high"), std::string::npos);
    const Verdict high = judge({changed(k_time, 0.06, 0.1, Confidence::high)}, config, true);
    EXPECT_EQ(high.conclusion, Conclusion::fail);
    EXPECT_EQ(high.judgements[0].level, level);
  }
}

TEST(Judge, ACriterionThatIsNotMetCapsAtMediumAndVetoesNothing) {
  for (std::size_t i = 1; i < 5; ++i) {
    Comparison c = changed(k_time, 0.08, 0.12, Confidence::high);
    c.criteria[i].met = false;
    const Verdict verdict = judge({c}, with("core/*", limit_at(Level::hard, relative(0.05, "+5%"))), true);
    EXPECT_EQ(verdict.conclusion, Conclusion::fail) << c.criteria[i].name;
    EXPECT_EQ(verdict.judgements[0].level, Level::soft) << c.criteria[i].name;
  }
}

TEST(Judge, AHardLimitThatFailsWithMediumCanBeLiftedAndSaysSo) {
  const Config config = with("core/*", limit_at(Level::hard, relative(0.05, "+5%")));
  const Comparison c = changed(k_time, 0.02, 0.12, Confidence::high);
  const Verdict verdict = judge({c}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("fails as a soft limit does"), std::string::npos);
  EXPECT_NE(verdict.findings[0].reason.find("perf-override"), std::string::npos);
  EXPECT_EQ(judge({c}, config, true, {{"alice", "known"}}).conclusion, Conclusion::pass);
}

TEST(Judge, ReasonOfAFailureSaysChangeIntervalLimitConfidenceAndCure) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, 0.081, 0.1158, Confidence::high)}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(
      verdict.findings[0].reason,
      "+9.8 % (99 % interval +8.1 % to +11.6 %) is beyond the soft limit +5%, HIGH confidence: make it cheaper, "
      "accept it with the label 'perf-override', or change the budget at perfwarden.yml:7:3 in a reviewed commit");
}

TEST(Judge, HardReasonDoesNotOfferTheLabel) {
  const Config config = with("core/*", limit_at(Level::hard, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, 0.081, 0.1158, Confidence::high)}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].reason.find("perf-override"), std::string::npos);
}

TEST(Judge, ReasonOfDoubtSaysWhatWouldDecide) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, -0.012, 0.056)}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  // The bound lies 3.4 % above the estimate, which lies 2.8 % below the limit, of which 1.7 % may be its error.
  EXPECT_EQ(
      verdict.findings[0].reason,
      "+2.2 % (99 % interval −1.2 % to +5.6 %) may be beyond the soft limit +5%: about 236 invocations a side (now "
      "10) would decide");
}

TEST(Judge, WhereWallTimeIsTooNoisyASteadyCpuTimeIsPointedAt) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  Comparison wall = changed(k_time, -0.1, 0.12);
  wall.minimum_detectable = 0.15;
  Comparison cpu = changed({"cpu_time", "s", Better::lower, false, false}, -0.01, 0.01);
  cpu.minimum_detectable = 0.02;
  const std::string words = "its cpu_time is steady (a change of 2.0 % would be seen)";
  EXPECT_NE(judge({wall, cpu}, config, true).findings.at(0).reason.find(words), std::string::npos);
  cpu.minimum_detectable = 0.09;
  EXPECT_EQ(judge({wall, cpu}, config, true).findings.at(0).reason.find("its cpu_time"), std::string::npos);
  EXPECT_EQ(judge({wall}, config, true).findings.at(0).reason.find("its cpu_time"), std::string::npos);
}

TEST(Judge, ReasonOfDoubtAdmitsWhenTheChangeSitsOnTheLimit) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, 0.01, 0.09 - 1e-9, Confidence::high)}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("too near to the limit"), std::string::npos);
}

// Below 0.7 of high-effect a change carries no confidence; a tighter limit must be able to fail all the same.
TEST(Judge, LimitTighterThanTheMagnitudeCriterionFails) {
  Comparison c = changed(k_time, 0.018, 0.028, Confidence::high);
  c.confidence = std::nullopt;
  c.criteria[0] = {"magnitude", false, "+2.3 % < +5.0 %"};
  const Config config = with("core/*", limit_at(Level::hard, relative(0.01, "+1%")));
  EXPECT_EQ(judge({c}, config, true).judgements[0].level, Level::hard);
  c.strongest = Confidence::low;
  c.warnings = {{"one-process", "all values of a side come from one process"}};
  const Verdict doubted = judge({c}, config, true);
  EXPECT_EQ(doubted.conclusion, Conclusion::inconclusive);
  EXPECT_NE(doubted.findings[0].reason.find("one process"), std::string::npos);
}

TEST(Judge, IndistinctNeverFailsHoweverFarItLies) {
  Comparison c = changed(k_time, 0.30, 0.40, Confidence::high);
  c.significance = Significance::indistinct;
  const Verdict verdict = judge({c}, with("core/*", limit_at(Level::hard, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(Judge, UndecidableCarriesItsWarningsWords) {
  Comparison c = changed(k_time, 0.30, 0.40, Confidence::high);
  c.significance = Significance::undecidable;
  c.warnings = {{"few-samples", "needs 6 values a side for a 99 % interval, has 4"}};
  const Verdict verdict = judge({c}, with("core/*", limit_at(Level::hard, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("needs 6 values a side"), std::string::npos);
}

TEST(Judge, WhereNothingIsBoundedNothingPasses) {
  Comparison c = changed(k_time, -0.01, 0.01);
  c.significance = Significance::undecidable;
  c.ratio_bounds = {};
  const Verdict verdict = judge({c}, with("core/*", limit_at(Level::soft, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::inconclusive);
}

TEST(Judge, BoundsThatAreMissingAreNotCalledTooFewValues) {
  Comparison c = changed(k_time, -0.01, 0.01);
  c.ratio_bounds = {};
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "")));
  const Verdict many = judge({c}, config, true);
  ASSERT_EQ(many.findings.size(), 1U);
  EXPECT_EQ(many.findings[0].reason.find("so few"), std::string::npos) << many.findings[0].reason;
  EXPECT_NE(many.findings[0].reason.find("against the soft limit, since its bounds are not known"), std::string::npos);
  c.base.n = c.head.n = 3;
  EXPECT_NE(judge({c}, config, true).findings.at(0).reason.find("so few values"), std::string::npos);
}

TEST(Judge, AChangeBelowTheSmallestThatCountsSaysThatItIsTheSettingThatHoldsItBack) {
  Comparison c = changed(k_time, 0.018, 0.022, Confidence::medium);
  c.significance = Significance::undecidable;
  Config config = with("core/*", limit_at(Level::soft, relative(0.01, "+1%")));
  config.statistics.min_effect = 0.03;
  const Verdict verdict = judge({c}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("smaller than statistics.min-effect (3 %)"), std::string::npos)
      << verdict.findings[0].reason;
}

TEST(Judge, AnotherMachineNeverFailsAndNeverPasses) {
  for (const double low : {0.5, -0.01, -0.5}) {
    Comparison c = changed(k_time, low, low + 0.02, Confidence::high);
    c.design = Design::cached;
    c.criteria[4] = {"environment", false, "cpu: Xeon → EPYC"};
    const Verdict verdict = judge({c}, with("core/*", limit_at(Level::hard, relative(0.05, "+5%"))), true);
    EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive) << low;
    EXPECT_EQ(verdict.judgements[0].outcome, Outcome::inconclusive) << low;
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_NE(verdict.findings[0].reason.find("cpu: Xeon → EPYC"), std::string::npos);
  }
}

TEST(Judge, NanIsDoubtNotPass) {
  Comparison c = changed(k_time, 0.08, 0.12, Confidence::high);
  c.ratio = k_nan;
  c.ratio_interval = c.ratio_bounds = {};
  const Verdict verdict = judge({c}, with("core/*", limit_at(Level::soft, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(Judge, InfiniteIntervalBeyondStillFails) {
  Comparison c = changed(k_time, 1, 2, Confidence::high);
  c.ratio = c.ratio_bounds.low = c.ratio_bounds.high = std::numeric_limits<double>::infinity();
  const Verdict verdict = judge({c}, with("core/*", limit_at(Level::soft, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
}

TEST(Judge, WorstBrokenLevelWins) {
  Limit limit;
  limit.warn = relative(0.03, "+3%");
  limit.soft = relative(0.05, "+5%");
  limit.hard = relative(0.15, "+15%");
  const Config config = with("*", limit);
  struct Row {
    double low, high;
    Level level;
    std::size_t findings;
  };
  for (const Row& row :
       {Row{-0.01, 0.02, Level::pass, 0}, Row{0.031, 0.049, Level::warn, 1}, Row{0.06, 0.10, Level::soft, 1},
        Row{0.2, 0.3, Level::hard, 1}, Row{0.06, 0.20, Level::soft, 2},  // whether hard is broken too is not known
        Row{0.02, 0.04, Level::warn, 1},                                 // doubt about the warning only
        Row{0.04, 0.06, Level::inconclusive, 1},                         // certainly a warning, perhaps soft
        Row{0.01, 0.30, Level::soft, 1}}) {                              // beyond hard, but not surely
    SCOPED_TRACE(row.low);
    const Verdict verdict = judge({changed(k_time, row.low, row.high, Confidence::high)}, config, true);
    expect_consistent(verdict, 1);
    EXPECT_EQ(verdict.judgements[0].level, row.level);
    EXPECT_EQ(verdict.findings.size(), row.findings);
    EXPECT_EQ(verdict.judgements[0].limit, "+3%");
  }
}

TEST(Judge, LimitInTheGoodDirectionIsLoudAndNeverAPass) {
  struct Row {
    Metric metric;
    double value;
    const char* original;
  };
  for (const Row& row : {Row{k_rate, 0.05, "+5%"}, Row{k_time, -0.05, "-5%"}}) {
    const Config config = with("core/*", limit_at(Level::soft, relative(row.value, row.original)), row.metric.name);
    for (const double low : {-0.5, -0.01, 0.4}) {
      const Verdict verdict = judge({changed(row.metric, low, low + 0.02, Confidence::high)}, config, true);
      EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
      EXPECT_NE(warning_text(verdict, "limit-direction").find("can never fail"), std::string::npos);
      ASSERT_EQ(verdict.findings.size(), 1U);
      EXPECT_NE(verdict.findings[0].reason.find("turn its sign"), std::string::npos);
    }
  }
}

TEST(Judge, AGeneralChangeIsSoMuchWorseWhateverTheMetric) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict lower = judge({changed(k_rate, -0.4, -0.3, Confidence::high)}, config, true);
  EXPECT_EQ(lower.conclusion, Conclusion::fail);
  EXPECT_EQ(lower.judgements[0].limit, "-5%");
  EXPECT_DOUBLE_EQ(lower.findings[0].expected, -0.05);
  EXPECT_NE(lower.findings[0].reason.find("the soft limit -5%"), std::string::npos) << lower.findings[0].reason;
  EXPECT_TRUE(lower.warnings.empty());
  EXPECT_EQ(judge({changed(k_rate, 0.3, 0.4, Confidence::high)}, config, true).conclusion, Conclusion::pass);
  EXPECT_EQ(judge({changed(k_rate, -0.04, -0.01)}, config, true).conclusion, Conclusion::pass);
  EXPECT_EQ(judge({changed(k_time, 0.3, 0.4, Confidence::high)}, config, true).conclusion, Conclusion::fail);
  const Config in_units = with("*", limit_at(Level::hard, absolute(100, "op/s", "+100 op/s")));
  EXPECT_EQ(judge({changed(k_rate, -0.4, -0.3, Confidence::high)}, in_units, true).conclusion, Conclusion::fail);
}

TEST(Judge, AGlobThatNamesTheMetricKeepsItsOwnSign) {
  const Comparison lower = changed(k_rate, -0.4, -0.3, Confidence::high);
  const Config right = with("**/throughput", limit_at(Level::soft, relative(-0.05, "-5%")));
  EXPECT_EQ(judge({lower}, right, true).conclusion, Conclusion::fail);
  const Config wrong = with("**/throughput", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_TRUE(has_warning(judge({lower}, wrong, true), "limit-direction"));
}

TEST(Judge, ZeroLimitHasNoDirection) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0, "+0%")));
  EXPECT_EQ(judge({changed(k_rate, -0.1, -0.05, Confidence::high)}, config, true).conclusion, Conclusion::fail);
  EXPECT_EQ(judge({changed(k_rate, 0.05, 0.1, Confidence::high)}, config, true).conclusion, Conclusion::pass);
}

TEST(Judge, AbsoluteChangeUsesTheDifference) {
  const Config config = with("core/*", limit_at(Level::hard, absolute(16 * 1024, "B", "+16 KiB")));
  const double kib = 1.0 / 1024;  // as a fraction of the 1 MiB that changed() starts from
  EXPECT_EQ(judge({changed(k_bytes, 20 * kib, 24 * kib, Confidence::high)}, config, true).conclusion, Conclusion::fail);
  EXPECT_EQ(judge({changed(k_bytes, 10 * kib, 16 * kib, Confidence::high)}, config, true).conclusion, Conclusion::pass);
  const Verdict doubt = judge({changed(k_bytes, 10 * kib, 20 * kib, Confidence::high)}, config, true);
  EXPECT_EQ(doubt.conclusion, Conclusion::inconclusive);
  ASSERT_EQ(doubt.findings.size(), 1U);
  EXPECT_EQ(doubt.findings[0].unit, "B");
  EXPECT_NE(doubt.findings[0].reason.find("+15 KiB (99 % interval +10 KiB to +20 KiB)"), std::string::npos)
      << doubt.findings[0].reason;
}

TEST(Judge, AbsoluteFallOfARateFails) {
  const Config config = with("core/*", limit_at(Level::soft, absolute(-50, "op/s", "-50 op/s")));
  EXPECT_EQ(judge({changed(k_rate, -0.10, -0.06, Confidence::high)}, config, true).conclusion, Conclusion::fail);
  EXPECT_EQ(judge({changed(k_rate, -0.04, 0.06)}, config, true).conclusion, Conclusion::pass);
}

TEST(Judge, AnyRiseFromZeroIsBeyondARelativeLimit) {
  Comparison c = changed(k_bytes, 0, 0, Confidence::high);
  c.metric.deterministic = true;
  c.base = {10, 0, 0, 0, 0, 0, k_nan};
  c.ratio = k_nan;
  c.ratio_interval = {};
  c.difference = 3;
  c.ratio_bounds = {};
  c.difference_interval = c.difference_bounds = {3, 3, 1};
  c.significance = Significance::distinct;
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({c}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::regression);
  EXPECT_NE(verdict.findings[0].reason.find("from 0"), std::string::npos);
  c.difference = 0;
  c.difference_interval = c.difference_bounds = {0, 0, 1};
  c.significance = Significance::indistinct;
  EXPECT_EQ(judge({c}, config, true).conclusion, Conclusion::pass);
}

TEST(Judge, DeterministicMetricIsExact) {
  const Config config = with("*", limit_at(Level::hard, relative(0.005, "+0.5%")));
  const Verdict broken = judge({changed(k_size, 0.006, 0.006)}, config, true);
  EXPECT_EQ(broken.conclusion, Conclusion::fail);
  EXPECT_NE(broken.findings[0].reason.find("counted exactly"), std::string::npos);
  EXPECT_EQ(judge({changed(k_size, 0.005, 0.005)}, config, true).conclusion, Conclusion::pass);
  EXPECT_EQ(judge({changed(k_size, 0.0050001, 0.0050001)}, config, true).conclusion, Conclusion::fail);
  EXPECT_EQ(judge({changed(k_size, 0, 0)}, config, true).conclusion, Conclusion::pass);
}

struct AbsoluteCase {
  const char* limit;
  bool is_max;
  double low, high;  // of the head, seconds
  Conclusion conclusion;
};

TEST(Judge, MaxAndMinBoundTheHeadByItsInterval) {
  for (const AbsoluteCase& row :
       {AbsoluteCase{"1100 ms", true, 0.9, 1.1, Conclusion::pass},
        AbsoluteCase{"1100 ms", true, 1.2, 1.3, Conclusion::fail},
        AbsoluteCase{"1100 ms", true, 1.0, 1.2, Conclusion::inconclusive},
        AbsoluteCase{"1100 ms", true, 1.09, 1.2, Conclusion::inconclusive},
        AbsoluteCase{"1 s", false, 1.0, 1.2, Conclusion::pass}, AbsoluteCase{"1 s", false, 0.8, 0.9, Conclusion::fail},
        AbsoluteCase{"1 s", false, 0.9, 1.1, Conclusion::inconclusive},
        AbsoluteCase{"1 s", true, k_nan, k_nan, Conclusion::inconclusive}}) {
    SCOPED_TRACE(row.limit);
    Comparison c = changed(k_time, 0, 0);
    c.head.median = (row.low + row.high) / 2;
    c.head_interval = {row.low, row.high, 0.99};
    const Verdict verdict = judge({c}, with("*", row.is_max ? max_of(row.limit) : min_of(row.limit)), true);
    expect_consistent(verdict, 1);
    EXPECT_EQ(verdict.conclusion, row.conclusion);
    EXPECT_EQ(verdict.judgements[0].limit, std::string(row.is_max ? "max " : "min ") + row.limit);
    EXPECT_EQ(verdict.judgements[0].outcome == Outcome::regression, row.conclusion == Conclusion::fail);
  }
}

TEST(Judge, AnIntervalWhoseLevelCollapsedDecidesNothing) {
  Comparison c = changed(k_time, 0.2, 0.3);
  for (const double level : {0.5, 0.75, 0.875}) {
    c.head_interval.confidence = level;
    EXPECT_EQ(judge({c}, with("*", max_of("1 s")), true).conclusion, Conclusion::inconclusive) << level;
    EXPECT_EQ(judge({c}, with("*", max_of("2 s")), true).conclusion, Conclusion::inconclusive) << level;
  }
  c.head_interval.confidence = 0.9375;  // of five values
  EXPECT_EQ(judge({c}, with("*", max_of("1 s")), true).conclusion, Conclusion::fail);
}

TEST(Judge, AbsoluteLimitIgnoresThatTheBaselineCameFromAnotherMachine) {
  Comparison c = changed(k_time, 0.2, 0.3);
  c.criteria[4].met = false;
  EXPECT_EQ(judge({c}, with("*", max_of("1 s")), true).conclusion, Conclusion::fail);
}

TEST(Judge, AbsoluteLimitKeepsItsLevel) {
  for (const Level level : {Level::warn, Level::soft, Level::hard}) {
    const Verdict verdict = judge({changed(k_time, 0.2, 0.3)}, with("*", max_of("1 s", level)), true);
    EXPECT_EQ(verdict.judgements[0].level, level);
  }
}

TEST(Judge, UnitOfAnotherKindIsWarnedAndNeverAPass) {
  Limit both = max_of("12 ms");
  both.soft = absolute(0.001, "s", "+1 ms");
  for (const Limit& limit : {max_of("12 ms"), limit_at(Level::soft, absolute(0.001, "s", "+1 ms")), both}) {
    const Verdict verdict = judge({changed(k_bytes, -0.01, 0.01)}, with("*", limit), true);
    EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
    EXPECT_NE(warning_text(verdict, "limit-unit").find("is in s, but allocated_bytes is in B"), std::string::npos);
  }
}

TEST(Judge, BareNumberFitsAMetricOfAnUnknownUnit) {
  Comparison c = changed({"widgets", "widgets", Better::lower, false, true}, 0, 0);
  c.head.median = 30;
  c.head_interval = {29, 31, 0.99};
  EXPECT_EQ(judge({c}, with("*", max_of("20")), true).conclusion, Conclusion::fail);
  EXPECT_EQ(judge({changed(k_time, 0, 0)}, with("*", max_of("20")), true).conclusion, Conclusion::inconclusive);
}

TEST(Judge, SameMisfitOfManySeriesIsOneWarning) {
  std::vector<Comparison> many;
  for (int i = 0; i < 20; ++i) many.push_back(changed(k_bytes, 0, 0, std::nullopt, "b" + std::to_string(i)));
  EXPECT_EQ(judge(many, with("*", max_of("12 ms")), true).warnings.size(), 1U);
}

TEST(Judge, ImprovementNeedsToBeDistinctLargeAndSure) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge({changed(k_time, -0.12, -0.08, Confidence::high)}, config, true).judgements[0].outcome,
            Outcome::improvement);
  EXPECT_EQ(judge({changed(k_time, -0.12, 0.01)}, config, true).judgements[0].outcome, Outcome::pass);
  EXPECT_EQ(judge({changed(k_time, -0.008, -0.002, Confidence::high)}, config, true).judgements[0].outcome,
            Outcome::pass);
  Comparison suspected = changed(k_time, -0.12, -0.08, Confidence::low);
  suspected.strongest = Confidence::high;
  EXPECT_EQ(judge({suspected}, config, true).judgements[0].outcome, Outcome::pass);
}

TEST(Judge, SlowerButWithinTheBudgetIsAPass) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, 0.02, 0.04, Confidence::medium)}, config, true);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::pass);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
}

TEST(Judge, UngatedSeriesHasAnOutcomeButNoLevel) {
  Config off = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  Budget experimental;
  experimental.glob = "core/parse/*";
  experimental.off = true;
  off.budgets.push_back(experimental);
  const Config general = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  Config none;
  struct Row {
    const Config* config;
    Metric metric;
  };
  for (const Row& row : {Row{&off, k_time}, Row{&general, k_rss}, Row{&none, k_time}}) {
    const Verdict worse = judge({changed(row.metric, 0.2, 0.3, Confidence::high)}, *row.config, true);
    EXPECT_EQ(worse.judgements[0].outcome, Outcome::regression);
    EXPECT_EQ(worse.judgements[0].level, Level::pass);
    EXPECT_FALSE(worse.judgements[0].gated);
    EXPECT_TRUE(worse.findings.empty());
    EXPECT_NE(worse.conclusion, Conclusion::fail);
    expect_consistent(worse, 1);
    EXPECT_EQ(judge({changed(row.metric, 0.2, 0.3, Confidence::low)}, *row.config, true).judgements[0].outcome,
              Outcome::inconclusive);
    EXPECT_EQ(judge({changed(row.metric, -0.1, 0.04)}, *row.config, true).judgements[0].outcome, Outcome::pass);
    // A change of 10 % could have hidden: that is no pass, with or without a budget.
    EXPECT_EQ(judge({changed(row.metric, -0.1, 0.1)}, *row.config, true).judgements[0].outcome, Outcome::inconclusive);
  }
}

TEST(Judge, MetricNamedByABudgetIsGatedThoughNotPrimary) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")), "max_rss");
  EXPECT_EQ(judge({changed(k_rss, 0.2, 0.3, Confidence::high)}, config, true).conclusion, Conclusion::fail);
}

TEST(Judge, LastMatchingKeyWins) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back(with("core/parse/*", limit_at(Level::soft, relative(0.5, "+50%"))).budgets[0]);
  const Verdict verdict = judge({changed(k_time, 0.08, 0.12, Confidence::high)}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_EQ(verdict.judgements[0].limit, "+50%");
}

TEST(Judge, KeyForAnotherMetricDoesNotTakeAnEarlierLimitAway) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back(with("core/*", max_of("256 MiB"), "max_rss").budgets[0]);
  EXPECT_EQ(judge({changed(k_time, 0.08, 0.12, Confidence::high), changed(k_rss, 0, 0)}, config, true).conclusion,
            Conclusion::fail);
}

TEST(Judge, BenchmarkNamesWithBracketsMatchThemselves) {
  const std::string hostile = "BM_x<[1,2]>/{a,b}/**/\"$(touch x)`\x1b[31m\n/..";
  const Config config = with("core/BM_x<[1,2]>/{a,b}", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge({changed(k_time, 0.08, 0.12, Confidence::high, hostile)}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(verdict.findings[0].series.benchmark, hostile);
  expect_consistent(verdict, 1);
}

Comparison only(Presence presence, const Metric& metric = k_time, const std::string& renamed_to = "") {
  Comparison c = changed(metric, 0.5, 0.6, std::nullopt, presence == Presence::only_base ? "old" : "fresh");
  c.presence = presence;
  c.ratio = k_nan;
  c.ratio_interval = c.ratio_bounds = {};
  c.significance = Significance::undecidable;
  c.criteria.clear();
  c.renamed_to = renamed_to;
  return c;
}

TEST(Judge, VanishedAndAddedFollowThePolicy) {
  struct Row {
    OnPresence policy;
    Level level;
    Conclusion conclusion;
  };
  for (const Row& row :
       {Row{OnPresence::ignore, Level::pass, Conclusion::pass}, Row{OnPresence::warn, Level::warn, Conclusion::pass},
        Row{OnPresence::soft, Level::soft, Conclusion::fail}, Row{OnPresence::hard, Level::hard, Conclusion::fail}}) {
    Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
    config.vanished = config.added = row.policy;
    for (const Presence presence : {Presence::only_base, Presence::only_head}) {
      const Verdict verdict = judge({changed(k_time, 0, 0), only(presence)}, config, true);
      expect_consistent(verdict, 2);
      EXPECT_EQ(verdict.judgements[1].outcome, presence == Presence::only_base ? Outcome::vanished : Outcome::added);
      EXPECT_EQ(verdict.judgements[1].level, row.level);
      EXPECT_EQ(verdict.conclusion, row.conclusion);
    }
  }
}

TEST(Judge, RenamedBenchmarkIsNamedInTheReason) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.vanished = OnPresence::soft;
  const Verdict verdict = judge({changed(k_time, 0, 0), only(Presence::only_base, k_time, "parse/huge")}, config, true);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("'parse/huge'"), std::string::npos);
}

TEST(Judge, VanishingCounterOfABenchmarkIsNotAFinding) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.vanished = OnPresence::hard;
  EXPECT_EQ(judge({changed(k_time, 0, 0), only(Presence::only_base, k_rss)}, config, true).conclusion,
            Conclusion::pass);
  config.budgets[0].limits["max_rss"] = max_of("1 GiB");
  EXPECT_EQ(judge({changed(k_time, 0, 0), only(Presence::only_base, k_rss)}, config, true).conclusion,
            Conclusion::fail);
}

TEST(Judge, BudgetOffSilencesAVanishedBenchmark) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.vanished = OnPresence::hard;
  Budget off;
  off.glob = "core/old";
  off.off = true;
  config.budgets.push_back(off);
  EXPECT_EQ(judge({changed(k_time, 0, 0), only(Presence::only_base)}, config, true).conclusion, Conclusion::pass);
}

TEST(Judge, NewBenchmarkIsStillHeldToItsMaximum) {
  const Verdict verdict =
      judge({changed(k_time, 0, 0), only(Presence::only_head)}, with("core/fresh", max_of("1 s")), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(verdict.judgements[1].outcome, Outcome::added);
}

TEST(Judge, WithoutABaselineOnlyAbsoluteLimitsCanFail) {
  Config config = with("*", limit_at(Level::hard, relative(0.05, "+5%")));
  config.added = OnPresence::hard;
  const Verdict none = judge({only(Presence::only_head)}, config, false);
  EXPECT_EQ(none.conclusion, Conclusion::no_baseline);
  EXPECT_TRUE(none.findings.empty());
  config.budgets[0].limits[""].max = parse_quantity("1 s");
  EXPECT_EQ(judge({only(Presence::only_head)}, config, false).conclusion, Conclusion::fail);
  config.budgets[0].limits[""].max = parse_quantity("10 s");
  EXPECT_EQ(judge({only(Presence::only_head)}, config, false).conclusion, Conclusion::no_baseline);
}

TEST(Judge, NothingComparedIsNeverAPass) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge({}, config, true).conclusion, Conclusion::inconclusive);
  EXPECT_EQ(judge({}, config, false).conclusion, Conclusion::no_baseline);
  EXPECT_EQ(judge({}, Config{}, true).conclusion, Conclusion::inconclusive);
  Config quiet = config;
  quiet.vanished = quiet.added = OnPresence::ignore;
  const Verdict disjoint = judge({only(Presence::only_base), only(Presence::only_head)}, quiet, true);
  EXPECT_EQ(disjoint.conclusion, Conclusion::inconclusive);
  EXPECT_TRUE(has_warning(disjoint, "nothing-compared"));
}

TEST(Judge, ValuesOfDifferentUnitsAreNotCompared) {
  Comparison other = changed(k_time, 0, 0);
  other.ratio = other.difference = k_nan;
  other.significance = Significance::undecidable;
  EXPECT_NE(judge({other}, with("*", limit_at(Level::soft, relative(0.05, "+5%"))), true).nothing_compared(), nullptr);
}

TEST(Judge, WhereOnlyWholeSuitesCameAndWentNothingHadToBeCompared) {
  Comparison added = only(Presence::only_head), gone = only(Presence::only_base), renamed = added;
  gone.id.suite = "old";
  const auto exempt = [](std::vector<Comparison> all, Design design, bool introduces = false) {
    const Verdict verdict = gates::judge({.comparisons = all, .introduces = introduces, .design = design}, Config{});
    return verdict.nothing_compared() == nullptr;
  };
  EXPECT_TRUE(exempt({added}, Design::interleaved));
  EXPECT_TRUE(exempt({gone}, Design::interleaved));
  EXPECT_TRUE(exempt({added, gone}, Design::interleaved));
  EXPECT_TRUE(exempt({added}, Design::cached)) << "the baseline does not know this suite yet";
  EXPECT_FALSE(exempt({added, gone}, Design::cached)) << "that baseline is of something else";
  EXPECT_FALSE(exempt({gone}, Design::cached));
  EXPECT_FALSE(exempt({}, Design::interleaved));
  renamed.id.suite = "old";
  EXPECT_FALSE(exempt({added, gone, renamed}, Design::interleaved)) << "one suite has other names on each side";
  EXPECT_TRUE(exempt({gone, renamed}, Design::interleaved, true)) << "the run brings the first config";
}

TEST(Judge, ThatNothingWasComparedCanBeAcceptedByTheLabelOfWhoMay) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.overrides.allow = {"ann"};
  const std::vector<Comparison> all{only(Presence::only_base), only(Presence::only_head)};
  const auto accepted = [&](const char* by) {
    const Override one{by, "renamed on purpose"};
    return gates::judge({.comparisons = all, .accepted = std::span(&one, 1)}, config).overridden;
  };
  EXPECT_TRUE(accepted("ann"));
  EXPECT_FALSE(accepted("eve"));
}

TEST(Judge, BudgetsThatAllMissTheirTargetAreNotAPass) {
  const Verdict verdict = judge({changed(k_time, 0.3, 0.4, Confidence::high)},
                                with("cre/*", limit_at(Level::hard, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  EXPECT_TRUE(has_warning(verdict, "nothing-gated"));
}

TEST(Judge, WithoutAnyBudgetNothingIsJudgedWhichIsNoPass) {
  const Verdict verdict = judge({changed(k_time, 0, 0)}, Config{}, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  EXPECT_TRUE(has_warning(verdict, "nothing-gated"));
}

TEST(Judge, TheRunThatBringsTheFirstConfigHasNothingToBeJudgedBy) {
  const Comparison same = changed(k_time, 0, 0);
  EXPECT_EQ(gates::judge({.comparisons = std::span(&same, 1), .introduces = true}, Config{}).conclusion,
            Conclusion::pass);
  Report report;
  report.comparisons = {same};
  report.warnings = {{std::string(k_config_is_new), "new"}};
  EXPECT_TRUE(subject_of(report).introduces);
}

TEST(Judge, ABudgetThatMatchesNothingIsNoPassUnlessItIsOptional) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back(with("lib/*", limit_at(Level::soft, relative(0.02, "+2%"))).budgets[0]);
  const std::vector<Comparison> one{changed(k_time, 0, 0)};
  const Verdict unmatched = judge(one, config, true);
  EXPECT_EQ(unmatched.conclusion, Conclusion::inconclusive);
  ASSERT_NE(unmatched.unmatched_budget(), nullptr);
  EXPECT_NE(unmatched.unmatched_budget()->text.find("'lib/*'"), std::string::npos);
  EXPECT_NE(unmatched.unmatched_budget()->text.find("optional: true"), std::string::npos);
  config.budgets.back().limits[""].optional = true;
  const Verdict optional = judge(one, config, true);
  EXPECT_EQ(optional.conclusion, Conclusion::pass);
  EXPECT_TRUE(optional.warnings.empty());
}

TEST(Judge, ABudgetThatSwitchesOffWhatDoesNotExistIsOnlyWarnedOf) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back({.glob = "lib/*", .limits = {}, .off = true, .where = {}});
  const Verdict verdict = judge({changed(k_time, 0, 0)}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_NE(warning_text(verdict, "budget-idle").find("'lib/*'"), std::string::npos);
}

TEST(Judge, ABudgetOfTheBaseAloneIsMatched) {
  Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.vanished = OnPresence::ignore;
  EXPECT_EQ(judge({only(Presence::only_base)}, config, true).unmatched_budget(), nullptr);
}

TEST(Judge, ABudgetOfAConfiguredSuiteThatWasNotMeasuredIsOnlyWarnedOf) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.suites.resize(1);
  config.suites[0].name = "lib";
  config.budgets.push_back(with("lib/a", limit_at(Level::soft, relative(0.02, "+2%"))).budgets[0]);
  const Verdict verdict = judge({changed(k_time, 0, 0)}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_NE(warning_text(verdict, "budget-idle").find("no benchmark of suite 'lib' was measured"), std::string::npos);
}

TEST(Judge, AnOptionalMetricMayBeReportedByNobody) {
  Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets[0].limits["instructions"] = limit_at(Level::soft, relative(0.01, "+1%"));
  const std::vector<Comparison> one{changed(k_time, 0, 0)};
  EXPECT_TRUE(has_warning(judge(one, config, true), "budget-metric-unmatched"));
  EXPECT_EQ(judge(one, config, true).conclusion, Conclusion::pass);
  config.budgets[0].limits["instructions"].optional = true;
  EXPECT_TRUE(judge(one, config, true).warnings.empty());
}

TEST(Judge, UnmatchedBudgetSuggestsTheNearest) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back(with("core/prase/*", limit_at(Level::soft, relative(0.02, "+2%"))).budgets[0]);
  const Verdict verdict = judge({changed(k_time, 0, 0)}, config, true);
  EXPECT_EQ(warning_text(verdict, "budget-unmatched"),
            "budget 'core/prase/*' (perfwarden.yml:7:3) matches no benchmark: did you mean 'core/parse/*'? If it "
            "may match nothing, write optional: true.");
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(Judge, BudgetOfAMetricThatNobodyReportsMatchesNothing) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")), "wall_tme");
  const Verdict verdict = judge({changed(k_time, 0, 0)}, config, true);
  EXPECT_NE(warning_text(verdict, k_budget_unmatched).find("did you mean 'wall_time'?"), std::string::npos);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(Judge, BudgetOverruledEverywhereIsWarned) {
  Config config = with("core/parse/*", limit_at(Level::hard, relative(0.01, "+1%")));
  config.budgets.push_back(with("*", limit_at(Level::soft, relative(0.05, "+5%"))).budgets[0]);
  const Verdict verdict = judge({changed(k_time, 0, 0)}, config, true);
  EXPECT_NE(warning_text(verdict, "budget-idle").find("'core/parse/*'"), std::string::npos);
}

TEST(Judge, OverrideTurnsSoftNeutralButNeverHard) {
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  const Override octocat{"octocat", "known cost of the fix"};
  const Verdict soft = judge({worse}, with("*", limit_at(Level::soft, relative(0.05, "+5%"))), true, {octocat});
  EXPECT_TRUE(soft.overridden);
  EXPECT_EQ(soft.override_note, "octocat: known cost of the fix");
  EXPECT_EQ(soft.conclusion, Conclusion::pass);
  EXPECT_EQ(soft.judgements[0].outcome, Outcome::regression);
  EXPECT_EQ(soft.counts.soft, 1U);
  const Verdict hard = judge({worse}, with("*", limit_at(Level::hard, relative(0.05, "+5%"))), true, {octocat});
  EXPECT_FALSE(hard.overridden);
  EXPECT_EQ(hard.conclusion, Conclusion::fail);
}

TEST(Judge, OverrideNeedsAReasonUnlessConfigSaysOtherwise) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  const Verdict without = judge({worse}, config, true, {{"octocat", " \t"}});
  EXPECT_EQ(without.conclusion, Conclusion::fail);
  EXPECT_TRUE(has_warning(without, "override-without-reason"));
  config.overrides.require_reason = false;
  const Verdict allowed = judge({worse}, config, true, {{"octocat", ""}});
  EXPECT_EQ(allowed.conclusion, Conclusion::pass);
  EXPECT_EQ(allowed.override_note, "octocat");
}

TEST(Judge, OverrideOnlyByThoseAllowed) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.overrides.allow = {"OctoCat"};
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  EXPECT_EQ(judge({worse}, config, true, {{"octocat", "ok"}}).conclusion, Conclusion::pass);
  const Verdict refused = judge({worse}, config, true, {{"mallory", "ok"}});
  EXPECT_EQ(refused.conclusion, Conclusion::fail);
  EXPECT_TRUE(has_warning(refused, "override-not-allowed"));
}

TEST(Judge, AnOverrideWithAGlobAcceptsNoMoreThanThat) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  Comparison parse = changed(k_time, 0.2, 0.3, Confidence::high);
  Comparison sort = parse;
  parse.id.benchmark = "parse/large";
  sort.id.benchmark = "sort";
  const Verdict one = judge({parse, sort}, config, true, {{"octocat", "known", "core/parse/*"}});
  EXPECT_EQ(one.conclusion, Conclusion::fail);
  EXPECT_EQ(one.override_note, "octocat (core/parse/*): known");
  EXPECT_TRUE(one.judgements[0].accepted);
  EXPECT_FALSE(one.judgements[1].accepted);
  const Verdict both =
      judge({parse, sort}, config, true, {{"octocat", "known", "core/parse/*"}, {"hubot", "rare", "core/sort"}});
  EXPECT_EQ(both.conclusion, Conclusion::pass);
  EXPECT_EQ(both.override_note, "octocat (core/parse/*): known; hubot (core/sort): rare");
  const Verdict other = judge({parse, sort}, config, true, {{"octocat", "known", "core/prase/*"}});
  EXPECT_FALSE(other.overridden);
  EXPECT_TRUE(has_warning(other, "override-unmatched"));
}

TEST(Judge, OverrideLeavesDoubtAboutAHardLimitStanding) {
  Limit limit;
  limit.soft = relative(0.05, "+5%");
  limit.hard = relative(0.15, "+15%");
  const Verdict verdict =
      judge({changed(k_time, 0.08, 0.20, Confidence::high)}, with("*", limit), true, {{"octocat", "ok"}});
  EXPECT_TRUE(verdict.overridden);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(Judge, OverrideOfNothingIsNotOne) {
  const Verdict verdict = judge({changed(k_time, 0, 0)}, with("*", limit_at(Level::soft, relative(0.05, "+5%"))), true,
                                {{"octocat", "ok"}});
  EXPECT_FALSE(verdict.overridden);
}

TEST(Judge, GatesOffReportsEverythingAndFailsNothing) {
  Config config = with("*", limit_at(Level::hard, relative(0.05, "+5%")));
  config.gates_enabled = false;
  const Verdict verdict = judge({changed(k_time, 0.2, 0.3, Confidence::high)}, config, true);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::regression);
  EXPECT_EQ(verdict.judgements[0].level, Level::warn);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("hard limit"), std::string::npos);
  EXPECT_TRUE(has_warning(verdict, "gates-off"));
}

TEST(Judge, ObserveModeJudgesTheSame) {
  Config config = with("*", limit_at(Level::hard, relative(0.05, "+5%")));
  config.mode = Mode::observe;
  EXPECT_EQ(judge({changed(k_time, 0.2, 0.3, Confidence::high)}, config, true).conclusion, Conclusion::fail);
}

TEST(Judge, FailureOutranksDoubt) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict =
      judge({changed(k_time, 0.2, 0.3, Confidence::high, "a"), changed(k_time, 0, 0.1, std::nullopt, "b"),
             changed(k_time, 0, 0.01, std::nullopt, "c"), changed(k_time, -0.3, -0.2, Confidence::high, "d"),
             only(Presence::only_base), only(Presence::only_head)},
            config, true);
  expect_consistent(verdict, 6);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  const Counts& n = verdict.counts;
  EXPECT_EQ(n.regressions, 1U);
  EXPECT_EQ(n.inconclusive, 1U);
  EXPECT_EQ(n.passed, 1U);
  EXPECT_EQ(n.improvements, 1U);
  EXPECT_EQ(n.vanished, 1U);
  EXPECT_EQ(n.added, 1U);
  EXPECT_EQ(n.soft, 1U);
  EXPECT_EQ(n.warned, 1U);  // the vanished one
}

TEST(LimitFor, NamedRowBeatsTheGeneralOne) {
  Budget budget;
  budget.limits[""] = limit_at(Level::soft, relative(0.05, "+5%"));
  budget.limits["wall_time"] = limit_at(Level::soft, relative(0.02, "+2%"));
  EXPECT_EQ(limit_for(budget, k_time)->soft->original, "+2%");
  EXPECT_EQ(limit_for(budget, k_bytes)->soft->original, "+5%");
  EXPECT_FALSE(limit_for(budget, k_rss));
  budget.off = true;
  EXPECT_FALSE(limit_for(budget, k_time));
}

// One function of core/parse whose own share of the time rose by `rise`, ± one point.
ProfileDiff grown(double rise) {
  FrameDelta frame;
  frame.name = "number";
  frame.self = {0.02, 0.02 + rise, {rise - 0.01, rise + 0.01, 0.95}, 1e-9, 1e-8};
  frame.total = frame.self;
  frame.total_cost = {200, 200 + rise * 1e4};
  frame.change = FrameChange::regression;
  ProfileDiff diff;
  diff.suite = "core";
  diff.benchmark = "parse/large";
  diff.type = {"cpu", "nanoseconds"};
  diff.base.samples = diff.head.samples = 4000;
  diff.frames = {frame};
  return diff;
}

Verdict judge_with(const ProfileDiff& diff, const Config& config, const std::vector<Override>& accepted = {}) {
  const Comparison same = changed(k_time, 0, 0.01);
  return gates::judge({.comparisons = std::span(&same, 1), .profiles = std::span(&diff, 1), .accepted = accepted},
                      config);
}

TEST(JudgeProfiles, AFunctionBeyondItsLimitFailsTheRunThoughItsBenchmarkPasses) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge_with(grown(0.02), config).conclusion, Conclusion::pass);
  const Verdict verdict = judge_with(grown(0.12), config);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::pass);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].rule, "cpu-regression");
  EXPECT_EQ(verdict.counts.soft, 1U);
}

TEST(JudgeProfiles, DoubtAboutAFunctionMakesAPassInconclusiveAndNoFailureBetter) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge_with(grown(0.085), config).conclusion, Conclusion::inconclusive);
  const ProfileDiff doubtful = grown(0.085);
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  const Verdict verdict =
      gates::judge({.comparisons = std::span(&worse, 1), .profiles = std::span(&doubtful, 1)}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  ASSERT_EQ(verdict.findings.size(), 2U);
  EXPECT_EQ(verdict.findings[0].level, Level::soft);
  EXPECT_EQ(verdict.findings[1].level, Level::inconclusive);
}

TEST(JudgeProfiles, HurtNobodyWhenTheGatesAreOff) {
  Config config;
  config.gates_enabled = false;
  const Verdict verdict = judge_with(grown(0.12), config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].level, Level::warn);
}

TEST(JudgeProfiles, SoftOnesAreAcceptedByTheLabelLikeAllOthers) {
  const Verdict verdict = judge_with(grown(0.12), Config{}, {{"octocat", "worth it"}});
  EXPECT_TRUE(verdict.overridden);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
}

TEST(JudgeProfiles, ARefusedOverrideIsWarnedOfOnce) {
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = judge_with(grown(0.12), config, {{"octocat", ""}});
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(std::count_if(verdict.warnings.begin(), verdict.warnings.end(),
                          [](const Warning& one) { return one.code == "override-without-reason"; }),
            1);
}

TEST(JudgeProfiles, AloneTheyAreJudgedForThemselves) {
  const ProfileDiff within = grown(0.02);
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = gates::judge({.profiles = std::span(&within, 1)}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_TRUE(verdict.warnings.empty());
  const ProfileDiff beyond = grown(0.12);
  EXPECT_EQ(gates::judge({.profiles = std::span(&beyond, 1)}, config).conclusion, Conclusion::fail);
}

TEST(JudgeLeftOut, NothingMeasuredOnPurposeIsSkippedAndNothingMeasuredOtherwiseIsNot) {
  const std::vector<std::string> left_out{"core"};
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(gates::judge({.left_out = left_out}, config).conclusion, Conclusion::skipped);
  EXPECT_EQ(gates::judge({}, config).conclusion, Conclusion::inconclusive);
  EXPECT_EQ(gates::judge({.has_baseline = false}, config).conclusion, Conclusion::no_baseline);
}

TEST(JudgeLeftOut, BudgetsOfItsSuitesAreNotIdle) {
  const std::vector<std::string> left_out{"night"};
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.insert(config.budgets.begin(), with("night/**", max_of("1 s")).budgets[0]);
  const Comparison same = changed(k_time, 0, 0.01);
  EXPECT_TRUE(has_warning(gates::judge({.comparisons = std::span(&same, 1)}, config), "budget-unmatched"));
  EXPECT_FALSE(has_warning(gates::judge({.comparisons = std::span(&same, 1), .left_out = left_out}, config),
                           "budget-unmatched"));
}

// The budgets are no mistake, but what was measured was judged by none of them.
TEST(JudgeLeftOut, OnlyTheirBudgetsLeaveNothingJudged) {
  const std::vector<std::string> left_out{"night"};
  const Config config = with("night/**", max_of("1 s"));
  const Comparison same = changed(k_time, 0, 0.01);
  const Verdict verdict = gates::judge({.comparisons = std::span(&same, 1), .left_out = left_out}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  EXPECT_TRUE(has_warning(verdict, "nothing-gated"));
  EXPECT_EQ(verdict.unmatched_budget(), nullptr);
}

// Its values came from a baseline after all, so a budget of it means something.
TEST(JudgeLeftOut, ASuiteThatHasValuesIsNotLeftOut) {
  const std::vector<std::string> left_out{"core"};
  const Config config = with("core/**", limit_at(Level::soft, relative(0.05, "+5%")));
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  EXPECT_EQ(gates::judge({.comparisons = std::span(&worse, 1), .left_out = left_out}, config).conclusion,
            Conclusion::fail);
}

Comparison failed_on_head() {
  Comparison c = changed(k_time, -0.5, -0.4, Confidence::high, "parse/failing");
  c.presence = Presence::failed_on_head;
  c.significance = Significance::undecidable;
  c.failure = "failed in 1 of 12 runs on head and in none on base; first: cannot open corpus";
  return c;
}

TEST(FailedOnHead, FailsTheRunWhateverTheBudgetsSay) {
  for (const bool has_baseline : {true, false}) {
    const Verdict verdict = judge({changed(k_time, -0.01, 0.01), failed_on_head()},
                                  with("*", limit_at(Level::soft, relative(0.05, "+5%"))), has_baseline);
    EXPECT_EQ(verdict.conclusion, Conclusion::failed);
    EXPECT_EQ(verdict.counts.failed, 1U);
    EXPECT_EQ(verdict.judgements[1].outcome, Outcome::failed);
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_TRUE(verdict.findings[0].not_measured);
    EXPECT_EQ(
        verdict.findings[0].reason,
        "failed in 1 of 12 runs on head and in none on base; first: cannot open corpus: run it by hand on head and "
        "mend what fails, or remove the benchmark in this change");
  }
}

TEST(FailedOnHead, IsNotLiftedByALabelNorByGatesThatAreOff) {
  Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge({failed_on_head()}, config, true, {{"alice", "known"}}).conclusion, Conclusion::failed);
  config.gates_enabled = false;
  EXPECT_EQ(judge({failed_on_head()}, config, true).conclusion, Conclusion::failed);
}

TEST(FailedOnHead, BesideABrokenBudgetTheBudgetFailsTheRun) {
  const Verdict verdict = judge({changed(k_time, 0.4, 0.5, Confidence::high), failed_on_head()},
                                with("*", limit_at(Level::soft, relative(0.05, "+5%"))), true);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(verdict.counts.failed, 1U);
}

TEST(UnknownDirections, PassWhereTheLimitHoldsEitherWayAndElseAreUndecided) {
  const Metric score{"score", "1", Better::unknown, false, true};
  const Config config = with("*", limit_at(Level::soft, relative(0.05, "+5%")));
  EXPECT_EQ(judge({changed(score, -0.01, 0.01)}, config, true).conclusion, Conclusion::pass);
  for (const double sign : {1.0, -1.0}) {
    const double near = sign * 0.4, far = sign * 0.5;
    const Verdict verdict = judge({changed(score, std::min(near, far), std::max(near, far))}, config, true);
    EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
    EXPECT_EQ(verdict.judgements[0].outcome, Outcome::inconclusive);
  }
}

TEST(UnknownDirections, WithoutABudgetAreNeitherBetterNorWorse) {
  const Metric score{"score", "1", Better::unknown, false, true};
  EXPECT_EQ(judge({changed(score, 0.4, 0.5)}, Config{}, true).judgements[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(judge({changed(score, -0.5, -0.4)}, Config{}, true).judgements[0].outcome, Outcome::inconclusive);
}

const std::vector<SuiteIdentity> k_settled{{"core", SameProgram::identical, false, {}, 12}};

TEST(JudgeIdentity, ASuiteThatRunsTheSameProgramCountsAsJudged) {
  const Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  const Verdict verdict = gates::judge({.identities = k_settled}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_TRUE(verdict.warnings.empty());
}

TEST(JudgeIdentity, OneThatOnlyMayBeTheSameDoesNot) {
  const std::vector<SuiteIdentity> not_known{{"core", SameProgram::not_known, true, {}, 12}};
  EXPECT_EQ(gates::judge({.identities = not_known}, Config{}).conclusion, Conclusion::inconclusive);
}

TEST(JudgeIdentity, BudgetsOfItsSuiteAreNotIdle) {
  Config config = with("core/*", limit_at(Level::soft, relative(0.05, "+5%")));
  config.budgets.push_back(with("other/**", limit_at(Level::soft, relative(0.05, "+5%"))).budgets[0]);
  Comparison same = changed(k_time, 0, 0.01);
  same.id.suite = "other";
  const Verdict verdict = gates::judge({.comparisons = std::span(&same, 1), .identities = k_settled}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_EQ(verdict.unmatched_budget(), nullptr);
}

TEST(JudgeIdentity, AnAbsoluteLimitHoldsForHeadAlone) {
  Comparison head = changed(k_time, 0.4, 0.5);
  head.presence = Presence::only_head;
  Config config = with("core/**", max_of("1 s"));
  config.added = OnPresence::hard;
  const Verdict broken = gates::judge({.comparisons = std::span(&head, 1), .identities = k_settled}, config);
  EXPECT_EQ(broken.conclusion, Conclusion::fail);
  EXPECT_EQ(broken.judgements[0].outcome, Outcome::regression);
  ASSERT_EQ(broken.findings.size(), 1U) << "it is not new";
  const Config kept = with("core/**", max_of("2 s"));
  const Verdict within = gates::judge({.comparisons = std::span(&head, 1), .identities = k_settled}, kept);
  EXPECT_EQ(within.conclusion, Conclusion::pass);
  EXPECT_EQ(within.judgements[0].outcome, Outcome::pass);
}

const std::vector<ChangeCause> k_placed{{"core", "parse/large", Cause::placement, 1, {}, ""}};

TEST(JudgePlacement, IsShownAndFailsNothing) {
  const Config config = with("core/**", limit_at(Level::hard, relative(0.05, "+5%")));
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  const Verdict verdict = gates::judge({.comparisons = std::span(&worse, 1), .causes = k_placed}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::placement);
  EXPECT_EQ(verdict.counts.placement, 1U);
  EXPECT_EQ(verdict.counts.regressions, 0U);
}

TEST(JudgePlacement, FailsWhereTheConfigSaysSo) {
  Config config = with("core/**", limit_at(Level::hard, relative(0.05, "+5%")));
  config.identity.placement = OnPlacement::fail;
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  EXPECT_EQ(gates::judge({.comparisons = std::span(&worse, 1), .causes = k_placed}, config).conclusion,
            Conclusion::fail);
}

TEST(JudgePlacement, ExcusesNoCountAndNoOtherBenchmarkAndNoOtherCause) {
  const Config config = with("core/**", limit_at(Level::soft, relative(0.05, "+5%")));
  const Comparison size = changed(k_size, 0.2, 0.2, Confidence::high);
  EXPECT_EQ(gates::judge({.comparisons = std::span(&size, 1), .causes = k_placed}, config).conclusion,
            Conclusion::fail);
  const Comparison other = changed(k_time, 0.2, 0.3, Confidence::high, "parse/small");
  EXPECT_EQ(gates::judge({.comparisons = std::span(&other, 1), .causes = k_placed}, config).conclusion,
            Conclusion::fail);
  const Comparison worse = changed(k_time, 0.2, 0.3, Confidence::high);
  for (const Cause cause : {Cause::changed_code, Cause::not_known}) {
    const std::vector<ChangeCause> causes{{"core", "parse/large", cause, 1, {"f"}, ""}};
    EXPECT_EQ(gates::judge({.comparisons = std::span(&worse, 1), .causes = causes}, config).conclusion,
              Conclusion::fail);
  }
}

}  // namespace
}  // namespace perfwarden::gates
