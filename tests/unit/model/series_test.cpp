#include "model/series.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace perfwarden {
namespace {

TEST(SeriesId, PathIsWhatBudgetsSee) {
  const SeriesId id{"core", "parse/large", "wall_time"};
  EXPECT_EQ(id.path(), "core/parse/large/wall_time");
  for (const char* glob : {"*", "core", "core/*", "core/parse", "core/parse/*", "core/**/wall_time", "**/wall_time",
                           "core/parse/large/wall_time"})
    EXPECT_TRUE(text::glob_match_prefix(glob, id.path())) << glob;
  for (const char* glob : {"parse", "core/pars", "*/wall_time", "core/parse/large/wall", "other/**"})
    EXPECT_FALSE(text::glob_match_prefix(glob, id.path())) << glob;
}

TEST(KnownMetric, HasDirectionUnitAndDeterminism) {
  EXPECT_EQ(known_metric("wall_time")->unit, "s");
  EXPECT_TRUE(known_metric("wall_time")->primary);
  EXPECT_FALSE(known_metric("max_rss")->primary);
  EXPECT_EQ(known_metric("throughput")->better, Better::higher);
  EXPECT_TRUE(known_metric("binary_size")->deterministic);
  EXPECT_FALSE(known_metric("Wall_time").has_value());
  EXPECT_FALSE(known_metric("").has_value());
}

TEST(BetterOfUnit, RatesAreBetterHigher) {
  for (const char* unit : {"op/s", "B/s", "MiB/s", "frames/s", "ops/ms"})
    EXPECT_EQ(better_of_unit(unit), Better::higher) << unit;
  for (const char* unit : {"tokens/s", "MiB/sec", "rows/ms", "Gbps", "FPS", "ops"})
    EXPECT_EQ(better_of_unit(unit), Better::higher) << unit;
  for (const char* unit : {"s", "B", "J", "errors/s"}) EXPECT_EQ(better_of_unit(unit), Better::lower) << unit;
  for (const char* unit : {"1", "%", "widgets", "", "loops", "chips"})
    EXPECT_EQ(better_of_unit(unit), Better::unknown) << unit;
}

TEST(BetterOfName, KnowsTroublesCostsAndRatesAndAsksForTheRest) {
  for (const char* name : {"login_failures", "timeouts", "cache-misses", "p99", "latency_p95", "setup_time", "cycles"})
    EXPECT_EQ(better_of_name(name), Better::lower) << name;
  for (const char* name : {"requests_per_second", "qps", "db_tps", "throughput"})
    EXPECT_EQ(better_of_name(name), Better::higher) << name;
  for (const char* name : {"score", "hits", "default_loops", "permissions", "accuracy"})
    EXPECT_EQ(better_of_name(name), Better::unknown) << name;
}

}  // namespace
}  // namespace perfwarden
