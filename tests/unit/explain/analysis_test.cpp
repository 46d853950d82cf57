#include "explain/analysis.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace perfwarden::explain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FrameDelta function(std::string name, double base, double head, FrameChange change) {
  FrameDelta frame;
  frame.name = std::move(name);
  frame.self = frame.total = {base, head, {}, 0, 0};
  frame.change = change;
  return frame;
}

ProfileDiff profile(std::vector<FrameDelta> frames, double samples = 5000, const char* type = "cpu") {
  ProfileDiff diff;
  diff.type = {type, ""};
  diff.base.samples = diff.head.samples = samples;
  diff.frames = std::move(frames);
  return diff;
}

Comparison benchmark(std::string metric, double ratio, Significance significance = Significance::distinct) {
  Comparison one;
  one.id = {"core", "parse", std::move(metric)};
  one.metric = known_metric(one.id.metric).value_or(Metric{});
  one.base.median = 1;
  one.head.median = ratio;
  one.ratio = ratio;
  one.significance = significance;
  one.confidence = Confidence::high;
  return one;
}

std::vector<std::string> lines(const Analysis& analysis) {
  std::vector<std::string> out;
  for (const AnalysisEntry& entry : analysis.entries)
    out.push_back(std::string(name_of(entry.subject)) + " " + std::string(name_of(entry.change)) + " " + entry.name);
  return out;
}

Analysis of(const std::vector<ProfileDiff>& profiles, const std::vector<Comparison>& comparisons = {},
            const AnalysisConfig& config = {}) {
  return analyze({comparisons, profiles, {}}, config);
}

TEST(Analysis, ListsFunctionsBeyondTheThresholdsThatAreSignificant) {
  const Analysis out = of(
      {profile({function("grew", 0.08, 0.164, FrameChange::regression),
                function("grew a little", 0.08, 0.12, FrameChange::regression),
                function("may have grown", 0.08, 0.2, FrameChange::inconclusive),
                function("shrank", 0.2, 0.1, FrameChange::improvement), function("fresh", 0, 0.03, FrameChange::added),
                function("gone", 0.03, 0, FrameChange::removed), function("moved", 0.3, 0.1, FrameChange::moved)})});
  EXPECT_THAT(lines(out),
              ElementsAre("cpu regression grew", "cpu improvement shrank", "cpu new fresh", "cpu removed gone"));
  EXPECT_DOUBLE_EQ(out.entries[0].size, 0.084);
}

TEST(Analysis, JudgesATableWithoutNumbersOfSamplesByTheThresholdsAndSaysSo) {
  const Analysis out = of({profile({function("main.process", 0.08, 0.164, FrameChange::inconclusive),
                                    function("main.rest", 0.32, 0.30, FrameChange::unchanged)},
                                   k_nan)});
  ASSERT_THAT(lines(out), ElementsAre("cpu regression main.process"));
  EXPECT_TRUE(out.entries[0].plain);
}

TEST(Analysis, ListsBenchmarksThatSurelyChangedByMoreThanTwoPercent) {
  const Analysis out = of({}, {benchmark("wall_time", 1.03), benchmark("cpu_time", 1.01), benchmark("allocations", 0.5),
                               benchmark("max_rss", 1.5, Significance::undecidable), benchmark("throughput", 0.9)});
  EXPECT_THAT(lines(out), ElementsAre("memory improvement core/parse", "benchmark regression core/parse",
                                      "benchmark regression core/parse", "benchmark improvement core/parse"));
}

TEST(Analysis, AChangeByPlacementIsNotListed) {
  const std::vector<Comparison> comparisons{benchmark("wall_time", 1.2)};
  const std::vector<ChangeCause> causes{{.suite = "core", .benchmark = "parse", .cause = Cause::placement}};
  EXPECT_THAT(analyze({comparisons, {}, causes}, {}).entries, IsEmpty());
}

TEST(Analysis, RatesByWhetherMoreGotBetterThanWorse) {
  const auto rated = [](std::vector<FrameDelta> cpu, std::vector<FrameDelta> memory) {
    return of({profile(std::move(cpu)), profile(std::move(memory), 5000, "alloc_space")}).rating.value();
  };
  const FrameDelta worse = function("a", 0.1, 0.2, FrameChange::regression);
  const FrameDelta better = function("b", 0.2, 0.1, FrameChange::improvement);
  EXPECT_EQ(rated({}, {}), (Rating{5, 5, 5, true, true}));
  EXPECT_EQ(rated({worse}, {}), (Rating{3, 5, 4, true, true}));
  EXPECT_EQ(rated({better}, {}), (Rating{7, 5, 6, true, true}));
  EXPECT_EQ(rated({better, worse}, {worse}), (Rating{5, 3, 4, true, true}));
  EXPECT_EQ(rated({worse}, {worse}), (Rating{3, 3, 3, true, true}));
  const FrameDelta fresh = function("c", 0, 0.2, FrameChange::added);
  EXPECT_EQ(rated({fresh}, {}).cpu, 5) << "what is new is neither better nor worse";
}

TEST(Analysis, TimeOfBenchmarksIsRatedWhereNothingElseTellsOfTheProcessor) {
  EXPECT_EQ(of({}, {benchmark("wall_time", 1.2)}).rating, (Rating{3, 5, 4, true, false}));
  EXPECT_EQ(of({}, {benchmark("wall_time", 1.2), benchmark("cpu_time", 1.0)}).rating, (Rating{5, 5, 5, true, false}));
  EXPECT_FALSE(of({}, {}).rating);
}

TEST(Analysis, ItsThresholdsAreTheConfigs) {
  AnalysisConfig config;
  config.flat = 0.2;
  config.benchmark = 0.5;
  EXPECT_THAT(
      of({profile({function("grew", 0.08, 0.164, FrameChange::regression)})}, {benchmark("wall_time", 1.2)}, config)
          .entries,
      IsEmpty());
}

}  // namespace
}  // namespace perfwarden::explain
