#include "ingest/counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;

class Counts : public testing::Test {
 protected:
  Counts() {
    plan_.suites.resize(1);
    plan_.suites[0].name = "core";
    plan_.two_sided = true;
  }
  void add(Side side, int invocation, double value, const std::string& metric = "allocations",
           const std::string& benchmark = "", std::size_t case_index = 0) {
    raw_.counts.push_back({side, 0, case_index, invocation, benchmark, metric, value});
  }
  SidedSamples go() {
    SidedSamples out;
    add_counts(raw_, plan_, config_, out);
    return out;
  }
  Plan plan_;
  Config config_;
  Raw raw_;
};

TEST_F(Counts, AreDeterministicWhereEachSideAgreesWithItself) {
  for (const int i : {0, 1}) {
    add(Side::base, i, 100);
    add(Side::head, i, 110);
  }
  const SidedSamples samples = go();
  ASSERT_EQ(samples.head.series.size(), 1U);
  const Series& head = samples.head.series[0];
  EXPECT_EQ(head.id, (SeriesId{"core", "process", "allocations"}));
  EXPECT_TRUE(head.metric.deterministic);
  EXPECT_TRUE(head.metric.primary);
  EXPECT_THAT(head.invocations, ElementsAre(ElementsAre(110), ElementsAre(110)));
  EXPECT_TRUE(samples.base.series[0].metric.deterministic);
}

TEST_F(Counts, AreNoisyOnBothSidesWhereOneDisagrees) {
  add(Side::base, 0, 100);
  add(Side::base, 1, 100);
  add(Side::head, 0, 100);
  add(Side::head, 1, 101);
  const SidedSamples samples = go();
  EXPECT_FALSE(samples.base.series[0].metric.deterministic);
  EXPECT_FALSE(samples.head.series[0].metric.deterministic);
}

TEST_F(Counts, OfCasesAndFilesHaveTheirNames) {
  plan_.suites[0].cases = {"small", "large"};
  add(Side::head, 0, 1, "instructions", "", 1);
  add(Side::head, 0, 4096, "binary_size", "app");
  const SidedSamples samples = go();
  ASSERT_EQ(samples.head.series.size(), 2U);
  EXPECT_EQ(samples.head.series[0].id.path(), "core/app/binary_size");
  EXPECT_EQ(samples.head.series[0].metric.unit, "B");
  EXPECT_EQ(samples.head.series[1].id.path(), "core/process/large/instructions");
  EXPECT_TRUE(samples.head.series[1].metric.primary);  // asked for, unlike the kernel's own
}

TEST_F(Counts, TheConfigMayDeclareThemMinor) {
  config_.metrics["allocations"] = Metric{"allocations", "1", Better::lower, false, false};
  add(Side::head, 0, 1);
  EXPECT_FALSE(go().head.series[0].metric.primary);
}

TEST_F(Counts, GiveWayToWhatTheBenchmarkItselfReports) {
  add(Side::head, 0, 1);
  SidedSamples samples;
  Series own;
  own.id = {"core", "process", "allocations"};
  own.invocations = {{7}};
  samples.head.series = {own};
  add_counts(raw_, plan_, config_, samples);
  ASSERT_EQ(samples.head.series.size(), 1U);
  EXPECT_EQ(samples.head.series[0], own);
  ASSERT_EQ(samples.head.warnings.size(), 1U);
  EXPECT_EQ(samples.head.warnings[0].code, "counted-twice");
}

TEST_F(Counts, AMetricsListKeepsWhatIsCounted) {
  Suite& suite = plan_.suites[0];
  suite.count_allocations = suite.count_instructions = true;
  suite.binary = "app";
  EXPECT_THAT(counted_metrics(suite),
              ElementsAre("allocations", "allocated_bytes", "peak_heap", "instructions", "binary_size"));
  suite.run.argv = {"./bench"};
  suite.parser.name = "time";
  suite.metrics = {"wall_time", "instructions"};
  RawInvocation one;
  one.step = {Step::Kind::measure, Side::head, 0, 0, 0, {}};
  one.ok = true;
  one.usage.wall_s = 1;
  one.usage.instructions = 5;
  raw_.invocations = {one};
  add(Side::head, 0, 1000, "instructions");
  plan_.two_sided = false;
  const auto samples = read(raw_, plan_, config_);
  ASSERT_TRUE(samples) << samples.error().text();
  std::vector<std::string> paths;
  for (const Series& series : samples->head.series) paths.push_back(series.id.path());
  EXPECT_THAT(paths, ElementsAre("core/bench/instructions", "core/bench/wall_time", "core/process/instructions"));
  EXPECT_TRUE(samples->head.warnings.empty());
}

}  // namespace
}  // namespace perfwarden::ingest
