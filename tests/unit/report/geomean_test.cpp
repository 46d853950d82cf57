#include "report/geomean.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace perfwarden::report {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Comparison comparison(const std::string& benchmark, const std::string& metric, double ratio) {
  Comparison one;
  one.id = {"core", benchmark, metric};
  one.metric = {metric, "s"};
  one.ratio = ratio;
  return one;
}

TEST(Geomean, EveryBenchmarkCountsTheSame) {
  Report report;
  report.comparisons = {comparison("a", "wall_time", 2), comparison("b", "wall_time", 0.5),
                        comparison("c", "wall_time", 1.331)};
  ASSERT_THAT(geomeans_of(report), SizeIs(1));
  EXPECT_EQ(geomeans_of(report)[0].benchmarks, 3U);
  EXPECT_NEAR(geomeans_of(report)[0].ratio, 1.1, 1e-12);
}

TEST(Geomean, MetricsAreNeverMixedAndOneBenchmarkHasNone) {
  Report report;
  report.comparisons = {comparison("a", "wall_time", 2), comparison("b", "wall_time", 2),
                        comparison("a", "cpu_time", 3)};
  const std::vector<Geomean> found = geomeans_of(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].metric.name, "wall_time");
  EXPECT_NEAR(found[0].ratio, 2, 1e-12);
}

TEST(Geomean, OnlyWhatCanBeComparedCounts) {
  Report report;
  report.comparisons = {comparison("a", "wall_time", 1.5), comparison("zero", "wall_time", 0),
                        comparison("unknown", "wall_time", k_nan),
                        comparison("from nothing", "wall_time", std::numeric_limits<double>::infinity()),
                        comparison("new", "wall_time", 3)};
  report.comparisons.back().presence = Presence::only_head;
  EXPECT_THAT(geomeans_of(report), IsEmpty());
}

}  // namespace
}  // namespace perfwarden::report
