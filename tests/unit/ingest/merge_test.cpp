#include "ingest/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/read.hpp"

namespace perfwarden::ingest {
namespace {

using testing::HasSubstr;

NamedSamples part(int index, int count, const std::string& benchmark) {
  NamedSamples out;
  out.name = "part" + std::to_string(index) + ".json";
  RunInfo& run = out.samples.run;
  run.commit = std::string(40, 'a');
  run.config_hash = "c0ffee";
  run.session = "session" + std::to_string(index);
  run.seed = "7";
  run.time = "2026-11-21T10:00:0" + std::to_string(index) + "Z";
  run.machine.facts = {{"cpu", "one"}};
  seal(run.machine);
  run.shard = Shard{index, count, "cut"};
  run.times = {{"core", benchmark, 1.0 * index}};
  Series series;
  series.id = {"core", benchmark, "wall_time"};
  series.metric = *known_metric("wall_time");
  series.original_unit = "s";
  series.invocations = {{1.0}, {2.0}};
  out.samples.series = {series};
  return out;
}

std::string refusal(std::vector<NamedSamples> parts) {
  const auto merged = merge(std::move(parts));
  if (merged) return "merged";
  EXPECT_EQ(merged.error().kind, ErrorKind::usage);
  EXPECT_NE(merged.error().hint, "");
  return merged.error().what;
}

TEST(Merge, JoinsTheShardsOfOneRun) {
  const auto merged = merge({part(2, 2, "sort"), part(1, 2, "parse")});
  ASSERT_TRUE(merged) << merged.error().text();
  ASSERT_EQ(merged->series.size(), 2U);
  EXPECT_EQ(merged->series[0].id.benchmark, "parse");
  EXPECT_EQ(merged->run.time, "2026-11-21T10:00:01Z");
  EXPECT_EQ(merged->run.seed, "7");
  EXPECT_EQ(merged->run.times.size(), 2U);
  EXPECT_FALSE(merged->run.shard);
  EXPECT_TRUE(merged->warnings.empty());
}

TEST(Merge, BothSidesOfTheSamePartsGetTheSameSession) {
  const auto one = merge({part(1, 2, "a"), part(2, 2, "b")});
  const auto other = merge({part(2, 2, "b"), part(1, 2, "a")});
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->run.session, other->run.session);
  EXPECT_NE(one->run.session, "session1");
  NamedSamples again = part(2, 2, "b");
  again.samples.run.session = "later";
  const auto third = merge({part(1, 2, "a"), again});
  ASSERT_TRUE(third);
  EXPECT_NE(third->run.session, one->run.session);
}

TEST(Merge, RefusesTwoSides) {
  NamedSamples other = part(2, 2, "b");
  other.samples.run.commit = std::string(40, 'b');
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("the commit differs"));
}

TEST(Merge, RefusesAnotherConfigOrSeed) {
  NamedSamples other = part(2, 2, "b");
  other.samples.run.config_hash = "other";
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("the config differs"));
  other = part(2, 2, "b");
  other.samples.run.seed = "8";
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("the seed differs, '7' and '8'"));
}

TEST(Merge, RefusesShardsThatAreMissingTwiceOrOfAnotherCut) {
  EXPECT_THAT(refusal({part(1, 3, "a"), part(3, 3, "b")}), HasSubstr("shard 2 of 3 is missing"));
  EXPECT_THAT(refusal({part(1, 2, "a"), part(1, 2, "b")}), HasSubstr("both shard 1 of 2"));
  NamedSamples other = part(2, 2, "b");
  other.samples.run.shard->cut = "another";
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("cut differently"));
  other = part(2, 2, "b");
  other.samples.run.shard.reset();
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("part2.json is not a shard"));
}

TEST(Merge, RefusesASeriesInTwoParts) {
  EXPECT_THAT(refusal({part(1, 2, "a"), part(2, 2, "a")}),
              HasSubstr("'core/a/wall_time' is in both part1.json and part2.json"));
}

TEST(Merge, RefusesAMixtureOfPairedAndLonelyParts) {
  NamedSamples other = part(2, 2, "b");
  other.samples.run.session = "";
  EXPECT_THAT(refusal({part(1, 2, "a"), other}), HasSubstr("one alone"));
}

TEST(Merge, RefusesSeveralMachinesUnlessEachPartHadBothSides) {
  NamedSamples first = part(1, 2, "a");
  NamedSamples second = part(2, 2, "b");
  second.samples.run.machine.facts = {{"cpu", "two"}};
  seal(second.samples.run.machine);
  const auto paired = merge({first, second});
  ASSERT_TRUE(paired) << paired.error().text();
  ASSERT_EQ(paired->warnings.size(), 1U);
  EXPECT_EQ(paired->warnings[0].code, "several-machines");
  EXPECT_EQ(paired->run.machine.facts[0].second, "one | two");
  const auto swapped = merge({second, first});
  ASSERT_TRUE(swapped);
  EXPECT_TRUE(differences(paired->run.machine, swapped->run.machine).empty());
  first.samples.run.session = second.samples.run.session = "";
  EXPECT_THAT(refusal({first, second}), HasSubstr("different machines (cpu: 'one' and 'two')"));
}

TEST(Merge, KeepsEachWarningOnceAndTheReasonsOfWhatWasLeftOut) {
  NamedSamples first = part(1, 2, "a");
  NamedSamples second = part(2, 2, "b");
  const Warning skipped{std::string(k_suite_skipped), "suite 'load' was left out"};
  first.samples.warnings = second.samples.warnings = {skipped};
  const auto merged = merge({first, second});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->warnings, std::vector<Warning>{skipped});
}

TEST(Merge, ShardsThatMeasuredNothingAreReadAndMerged) {
  NamedSamples empty = part(2, 2, "b");
  empty.samples.series.clear();
  const auto read = parse_samples(write_samples(empty.samples), "empty.json");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->run, empty.samples.run);
  const auto merged = merge({part(1, 2, "a"), {"empty.json", *read}});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->series.size(), 1U);
}

TEST(Merge, NoFileIsNoRun) {
  EXPECT_THAT(refusal({}), HasSubstr("no samples file"));
}

}  // namespace
}  // namespace perfwarden::ingest
