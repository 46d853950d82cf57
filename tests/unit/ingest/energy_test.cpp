#include "ingest/energy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/parts.hpp"
#include "ingest/read.hpp"

namespace perfwarden::ingest {
namespace {

using testing::HasSubstr;

// One suite, measured `count` times, with 2 s of CPU time each.
Result<SidedSamples> measured(int count, int with_energy) {
  Plan plan;
  plan.suites.resize(1);
  plan.suites[0].name = "core";
  plan.suites[0].run.argv = {"./bench"};
  plan.suites[0].parser.name = "time";
  plan.suites[0].metrics = {"wall_time", "energy", "co2e"};
  Raw raw;
  for (int i = 0; i < count; ++i) {
    RawInvocation one;
    one.step = {Step::Kind::measure, Side::head, 0, 0, i, {}};
    one.ok = true;
    one.usage.wall_s = 1;
    one.usage.user_s = 1.5;
    one.usage.system_s = 0.5;
    if (i < with_energy) one.usage.energy_j = 3.6;
    raw.invocations.push_back(std::move(one));
  }
  return read(raw, plan, {});
}

const Series& energy_series(const Samples& samples, const std::string& metric) {
  static const Series none;
  for (const Series& series : samples.series)
    if (series.id.metric == metric) return series;
  ADD_FAILURE() << "no " << metric;
  return none;
}

TEST(Energy, IsEstimatedFromCpuTimeWithTheFactorsSaid) {
  const auto samples = measured(2, 1);  // one of two was measured: both are estimated, so that they compare
  ASSERT_TRUE(samples) << samples.error().text();
  const Series& energy = energy_series(samples->head, "energy");
  ASSERT_EQ(energy.invocations.size(), 2U);
  EXPECT_DOUBLE_EQ(energy.invocations[0][0], 7.0);
  EXPECT_DOUBLE_EQ(energy_series(samples->head, "co2e").invocations[0][0], 7.0 / 3.6e6 * 480);
  EXPECT_EQ(energy.metric.unit, "J");
  ASSERT_EQ(samples->head.warnings.size(), 1U);
  EXPECT_THAT(samples->head.warnings[0].text, HasSubstr("an estimate, CPU time × 3.5 W a core"));
  EXPECT_THAT(samples->head.warnings[0].text, HasSubstr("480 g/kWh"));
}

TEST(Energy, IsThatOfTheProcessorWhereItTells) {
  const auto samples = measured(2, 2);
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_DOUBLE_EQ(energy_series(samples->head, "energy").invocations[1][0], 3.6);
  EXPECT_THAT(samples->head.warnings[0].text, HasSubstr("measured by RAPL"));
}

TEST(Energy, IsInformationUntilABudgetNamesIt) {
  const auto samples = measured(1, 0);
  ASSERT_TRUE(samples);
  EXPECT_TRUE(energy_series(samples->head, "wall_time").metric.primary);
  EXPECT_FALSE(energy_series(samples->head, "energy").metric.primary);
  EXPECT_FALSE(energy_series(samples->head, "co2e").metric.primary);
}

TEST(CounterMetric, KnowsTheDirectionOfPercentilesAndRates) {
  for (const char* name : {"p50", "p90", "p99", "p99.9", "p999", "latency_p99_ms", "p95-latency", "max_latency"})
    EXPECT_EQ(counter_metric(name).better, Better::lower) << name;
  for (const char* name : {"ops", "ops_sec", "ops_per_s", "rows_per_second", "qps", "rps", "tps", "iops", "throughput"})
    EXPECT_EQ(counter_metric(name).better, Better::higher) << name;
  EXPECT_EQ(counter_metric("rows_per_s").unit, "op/s");
  EXPECT_EQ(counter_metric("peak_bytes").unit, "B");
}

}  // namespace
}  // namespace perfwarden::ingest
