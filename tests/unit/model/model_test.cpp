#include <gtest/gtest.h>

#include "base/text.hpp"
#include "model/comparison.hpp"
#include "model/machine.hpp"
#include "model/position.hpp"
#include "model/report.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

namespace perfwarden {
namespace {

Machine machine_of(std::vector<std::pair<std::string, std::string>> facts) {
  Machine machine{std::move(facts), ""};
  seal(machine);
  return machine;
}

TEST(Machine, SameFactsGiveTheSameFingerprint) {
  EXPECT_EQ(machine_of({{"cpu", "Xeon"}}), machine_of({{"cpu", "Xeon"}}));
  EXPECT_EQ(machine_of({{"cpu", "Xeon"}}).fingerprint.size(), 16U);
  EXPECT_NE(machine_of({{"cpu", "Xeon"}}).fingerprint, machine_of({{"cpu", "EPYC"}}).fingerprint);
  EXPECT_NE(machine_of({{"a", "bc"}}).fingerprint, machine_of({{"ab", "c"}}).fingerprint);
  EXPECT_NE(machine_of({{"a", "b"}, {"c", "d"}}).fingerprint, machine_of({{"c", "d"}, {"a", "b"}}).fingerprint);
}

TEST(Machine, WithoutFactsHasNoFingerprint) {
  EXPECT_EQ(machine_of({}).fingerprint, "");
}

TEST(MachineDifferences, NamesTheFactsInOrder) {
  const auto rows = differences(machine_of({{"cpu", "Xeon"}, {"kernel", "6.1"}, {"turbo", "on"}}),
                                machine_of({{"cpu", "EPYC"}, {"kernel", "6.1"}, {"smt", "off"}}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fact, "cpu");
  EXPECT_EQ(rows[0].base, "Xeon");
  EXPECT_EQ(rows[0].head, "EPYC");
  EXPECT_EQ(rows[1].fact, "turbo");
  EXPECT_EQ(rows[1].head, "");
  EXPECT_EQ(rows[2].fact, "smt");
  EXPECT_EQ(rows[2].base, "");
}

TEST(MachineDifferences, AreNoneForMachinesThatMatchOrOfWhichNothingIsKnown) {
  EXPECT_TRUE(differences(machine_of({{"cpu", "Xeon"}}), machine_of({{"cpu", "Xeon"}})).empty());
  EXPECT_TRUE(differences(Machine{}, Machine{}).empty());
}

TEST(MachineDifferences, FallBackToTheFingerprint) {
  Machine bare;
  bare.fingerprint = "1111111111111111";
  for (const Machine& other : {machine_of({{"cpu", "Xeon"}}), Machine{}}) {
    const auto rows = differences(bare, other);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fact, "fingerprint");
    EXPECT_EQ(rows[0].base, "1111111111111111");
  }
}

TEST(Comparison, WorseIsSlowerForTimesAndLessForRates) {
  Comparison c;
  c.ratio = 1.1;
  c.ratio_interval = {1.05, 1.2, 0.99};
  c.metric.better = Better::lower;
  EXPECT_NEAR(c.worse_by(), 0.1, 1e-12);
  EXPECT_NEAR(c.worse_interval().low, 0.05, 1e-12);
  EXPECT_NEAR(c.worse_interval().high, 0.2, 1e-12);
  c.metric.better = Better::higher;
  EXPECT_NEAR(c.worse_by(), -0.1, 1e-12);
  EXPECT_NEAR(c.worse_interval().low, -0.2, 1e-12);
  EXPECT_NEAR(c.worse_interval().high, -0.05, 1e-12);
  EXPECT_EQ(c.worse_interval().confidence, 0.99);
  EXPECT_TRUE(std::isnan(Comparison{}.worse_by()));
}

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

TEST(Position, IsShorterWhereAPartIsUnknown) {
  EXPECT_EQ((Position{"f.yml", 7, 5}).text(), "f.yml:7:5");
  EXPECT_EQ((Position{"f.yml", 7, 0}).text(), "f.yml:7");
  EXPECT_EQ((Position{"f.yml", 0, 5}).text(), "f.yml");
  EXPECT_EQ(Position{}.text(), "");
}

TEST(RunContext, HasARunUrlOnlyInGithub) {
  RunContext context;
  EXPECT_EQ(context.run_url(), "");
  context.in_github = true;
  context.repository = "acme/parser";
  context.run_id = "42";
  EXPECT_EQ(context.run_url(), "https://github.com/acme/parser/actions/runs/42");
}

TEST(Names, AreTheWordsOfTheReport) {
  EXPECT_EQ(name_of(Outcome::added), "new");
  EXPECT_EQ(name_of(Conclusion::no_baseline), "no-baseline");
  EXPECT_EQ(name_of(Confidence::high), "HIGH");
  EXPECT_EQ(name_of(Level::inconclusive), "inconclusive");
  EXPECT_EQ(name_of(Design::same_machine), "same-machine");
  EXPECT_LT(Level::inconclusive, Level::soft);
  EXPECT_LT(Level::warn, Level::inconclusive);
}

}  // namespace
}  // namespace perfwarden
