#include "app/pipe/first_runs.hpp"

#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

Plan plan_of(int suites, bool two_sided) {
  Plan plan;
  plan.two_sided = two_sided;
  for (int i = 0; i < suites; ++i) {
    Suite suite;
    suite.name = i == 0 ? "core" : "cli";
    suite.run.argv = {"./bench"};
    suite.parser.name = "go-bench";
    suite.iterations = {6, 50, 300};
    plan.suites.push_back(suite);
  }
  return plan;
}

RawInvocation run_of(std::size_t suite, perfwarden::Side side, double seconds, const std::string& output) {
  RawInvocation run;
  run.step = {Step::Kind::warmup, side, suite, 0, 0, {}};
  run.usage.wall_s = seconds;
  run.output = output;
  run.output_name = "out";
  return run;
}

const std::string k_two = "BenchmarkSum-2 100 1234 ns/op\nBenchmarkMul-2 100 99 ns/op\n";

TEST(FirstRuns, SayWithTheLastOfThemHowLongMeasuringTakes) {
  const Plan plan = plan_of(1, true);
  const Config config;
  FirstRuns runs(plan, config);
  const auto base = runs.take(run_of(0, perfwarden::Side::base, 2, k_two));
  ASSERT_TRUE(base) << base.error().text();
  EXPECT_FALSE(*base);
  const auto head = runs.take(run_of(0, perfwarden::Side::head, 2.2, k_two));
  ASSERT_TRUE(head && *head);
  EXPECT_EQ(**head, "core: 2 benchmarks (wall_time), 2.1 s a run: measuring takes about 50 s, at most 4 min");
  EXPECT_FALSE(runs.take(run_of(0, perfwarden::Side::head, 2, k_two)).value()) << "once";
}

TEST(FirstRuns, OfSeveralSuitesAddUpWithinTheirTime) {
  const Plan plan = plan_of(2, false);
  const Config config;
  FirstRuns runs(plan, config);
  ASSERT_TRUE(runs.take(run_of(0, perfwarden::Side::head, 0.05, k_two)));
  const auto last = runs.take(run_of(1, perfwarden::Side::head, 4, "BenchmarkSum-2 100 1234 ns/op\n"));
  ASSERT_TRUE(last && *last);
  EXPECT_EQ(**last,
            "core: 2 benchmarks (wall_time), 50 ms a run; cli: 1 benchmark (wall_time), 4 s a run: measuring takes "
            "about 40 s");
}

TEST(FirstRuns, AreAnErrorWhenNothingCanBeRead) {
  const Plan plan = plan_of(1, true);
  const Config config;
  FirstRuns runs(plan, config);
  EXPECT_FALSE(runs.take(run_of(0, perfwarden::Side::base, 2, "no such thing")));
}

TEST(RoughTime, RoundsToWhatIsKnown) {
  EXPECT_EQ(rough_time(0.0512), "51 ms");
  EXPECT_EQ(rough_time(2.14), "2.1 s");
  EXPECT_EQ(rough_time(52), "50 s");
  EXPECT_EQ(rough_time(130), "3 min");
  EXPECT_EQ(rough_time(7200), "2.0 h");
}

}  // namespace
}  // namespace perfwarden::app
