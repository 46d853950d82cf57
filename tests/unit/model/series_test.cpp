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
  for (const char* unit : {"s", "B", "1", "J", "widgets", ""}) EXPECT_EQ(better_of_unit(unit), Better::lower) << unit;
}

}  // namespace
}  // namespace perfwarden
