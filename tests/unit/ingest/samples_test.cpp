#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <string>

#include "ingest/read.hpp"
#include "support/fakes.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Samples full() {
  Samples samples;
  samples.run = {"9be01d4c",
                 "feature/\"x\"\n",
                 "2026-11-21T10:00:00Z",
                 "session-1",
                 "00ff",
                 "perfwarden 0.1.0",
                 {},
                 "42",
                 {{"core", "", 0.25}, {"core", "a/\n", 1e-3}},
                 Shard{2, 3, "0123456789abcdef"},
                 {}};
  samples.run.machine.facts = {{"cpu", "AMD EPYC"}, {"cores", "2"}, {"", "odd"}};
  samples.run.machine.fingerprint = "0123456789abcdef";
  samples.warnings = {{"cpu-scaling", "the CPU scales"}};
  Series first;
  first.id = {"core", "BM_<a>/\xC3\xA9\x1b[31m", "wall_time"};
  first.metric = {"wall_time", "s", Better::lower, false, true};
  first.original_unit = "ns";
  first.invocations = {
      {0.1, 0.30000000000000004, 1e-9}, {}, {std::numeric_limits<double>::denorm_min(), 1.7976931348623157e308}};
  first.warnings = {{"partly-reported", "2 of 3"}};
  Series second;
  second.id = {"core", "b", "p99-latency"};
  second.metric = {"p99-latency", "fortnights", Better::higher, true, false};
  second.original_unit = "";
  second.adaptive_pairs = 50;
  second.last_look = 20;
  second.invocations = {{123456789012345680.0, -0.5}};
  samples.series = {first, second};
  return samples;
}

TEST(Samples, ReadBackEqualToWhatWasWritten) {
  const Samples samples = full();
  const std::string text = write_samples(samples);
  const auto again = parse_samples(text, "s.json");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, samples);
  EXPECT_EQ(write_samples(*again), text);
}

TEST(Samples, AreWrittenWithOneSeriesALineAndAFinalNewline) {
  const std::string text = write_samples(full());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
  EXPECT_TRUE(text.ends_with("\n]\n}\n"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Samples, ReadTheExampleOfTheDesign) {
  const auto samples = parse_samples(support::fixture("ingest/json/samples.json"), "samples.json");
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_EQ(samples->run.branch, "main");
  EXPECT_EQ(samples->run.machine.facts.front(), (std::pair<std::string, std::string>{"cpu", "AMD EPYC"}));
  ASSERT_EQ(samples->series.size(), 3U);
  EXPECT_EQ(samples->series[0].id.benchmark, "load");  // sorted by id
  EXPECT_THAT(samples->series[0].invocations[0], ElementsAre(0.0035));
  EXPECT_EQ(samples->series[0].original_unit, "ms");
  EXPECT_EQ(samples->series[1].metric, (Metric{"rows", "1", Better::higher, true, false}));
  EXPECT_TRUE(samples->series[1].invocations[1].empty());
}

TEST(Samples, FillInWhatPerfwardenKnowsOfAMetric) {
  const auto samples = parse_samples(R"({"schema": "perfwarden.samples/1", "series": [
    {"suite": "s", "benchmark": "a", "metric": "max_rss", "invocations": [[4096]]},
    {"suite": "s", "benchmark": "a", "metric": "speed", "unit": "op/s", "invocations": [[1]]}]})",
                                     "f");
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->series[0].metric, *known_metric("max_rss"));
  EXPECT_EQ(samples->series[1].metric, (Metric{"speed", "op/s", Better::higher, false, true}));
}

TEST(Samples, SealAMachineThatHasFactsButNoFingerprint) {
  const auto samples = parse_samples(R"({"schema": "perfwarden.samples/1", "run": {"machine": {"facts": {"cpu": "x"}}},
    "series": [{"suite": "s", "benchmark": "a", "metric": "wall_time", "invocations": [[1]]}]})",
                                     "f");
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->run.machine.fingerprint.size(), 16U);
}

TEST(Samples, ReplaceInvalidUtf8WhenWritten) {
  Samples samples = full();
  samples.run.branch = "a\xFF";
  const auto again = parse_samples(write_samples(samples), "f");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->run.branch, "a\xEF\xBF\xBD");
}

TEST(Samples, RefuseMoreSeriesThanTheLimit) {
  std::string text = R"({"schema": "perfwarden.samples/1", "series": [0)";
  for (int i = 0; i < 100000; ++i) text += ",0";
  const auto samples = parse_samples(text + "]}", "big.json");
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().what, "/series has 100001 members, more than 100000");
}

}  // namespace
}  // namespace perfwarden::ingest
