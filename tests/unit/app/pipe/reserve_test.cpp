#include "app/pipe/reserve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "app/pipe/sampler.hpp"
#include "compare/compare.hpp"
#include "gates/demand.hpp"
#include "gates/judge.hpp"
#include "ingest/read.hpp"

// A simulated machine: the runner's rules of time without a process or a clock.
namespace perfwarden::app {
namespace {

Config config_of(double max_time_s) {
  Config config;
  Suite suite;
  suite.name = "core";
  suite.run.argv = {"run"};
  suite.parser.name = "json";
  suite.warmup = 0;
  suite.iterations = {6, 50, max_time_s};
  config.suites.push_back(suite);
  Budget budget;
  budget.glob = "*";
  budget.limits[""].soft = Change{0.05, true, "", "+5%"};
  config.budgets.push_back(budget);
  return config;
}

// Ten benchmarks of which the first is slower, in one program that takes `run_s`.
class SimulatedRunner {
 public:
  SimulatedRunner(const Config& config, double change, double noise, double run_s)
      : config_(config), change_(change), noise_(noise), run_s_(run_s), plan_(*plan::make(config, {})) {
    raw_.spent_s = {0};
  }

  void carry_out(const std::vector<Step>& steps) {
    for (std::size_t i = 0; i + 1 < steps.size(); i += 2) {
      const bool over = raw_.spent_s[0] >= config_.suites[0].iterations.max_time_s;
      if (over && steps[i].invocation >= config_.suites[0].iterations.min) continue;
      run(steps[i]);
      run(steps[i + 1]);
    }
  }

  // What `check` measures, marked by the sampler.
  ingest::SidedSamples measure() {
    Sampler sampler(plan_, config_);
    carry_out(plan_.steps);
    for (;;) {
      const Result<std::vector<Step>> steps = sampler.next(raw_);
      if (!steps || steps->empty()) break;
      carry_out(*steps);
    }
    ingest::SidedSamples samples = *ingest::read(raw_, plan_, config_);
    sampler.mark(samples);
    samples.base.run.session = samples.head.run.session = "one";
    return samples;
  }
  [[nodiscard]] std::size_t pairs() const { return raw_.invocations.size() / 2; }

 private:
  void run(const Step& step) {
    RawInvocation one;
    one.step = step;
    one.ok = true;
    one.usage.wall_s = run_s_;
    raw_.spent_s[0] += run_s_;
    one.output = "{";
    for (int i = 0; i < 10; ++i) {
      const double slower = step.side == perfwarden::Side::head && i == 0 ? 1 + change_ : 1;
      one.output += (i > 0 ? ", " : "") + ("\"b" + std::to_string(i)) + R"(": {"unit": "s", "value": )" +
                    std::to_string(slower * std::exp(noise_ * normal_(engine_))) + "}";
    }
    one.output += "}";
    raw_.invocations.push_back(std::move(one));
  }

  const Config& config_;
  double change_, noise_, run_s_;
  Plan plan_;
  Raw raw_;
  std::mt19937_64 engine_{1};
  std::normal_distribution<double> normal_{0, 1};
};

std::vector<Comparison> compared(const ingest::SidedSamples& samples, const Config& config) {
  return compare::all(samples.base, samples.head, config.statistics, {}, gates::demands_of(config));
}

TEST(Reserve, LeavesTimeForTheFreshPairsOfAConfirmation) {
  const Config config = config_of(80);  // 40 pairs
  SimulatedRunner machine(config, 0.10, 0.05, 1);
  const ingest::SidedSamples samples = machine.measure();
  const Comparison slow = compared(samples, config).at(0);
  EXPECT_EQ(samples.head.series[0].last_look, 20U);
  EXPECT_EQ(samples.base.series[0].last_look, 20U);
  EXPECT_EQ(slow.significance, Significance::distinct);
  EXPECT_GE(slow.fresh_pairs, 14U);
  EXPECT_LE(machine.pairs(), 40U);
}

TEST(Reserve, WhoeverHasTheSamplesFilesComesToTheSameDecisions) {
  const Config config = config_of(80);
  for (const double change : {0.0, 0.06, 0.10}) {
    SimulatedRunner machine(config, change, 0.05, 1);
    const ingest::SidedSamples samples = machine.measure();
    const auto base = ingest::parse_samples(ingest::write_samples(samples.base), "b.json");
    const auto head = ingest::parse_samples(ingest::write_samples(samples.head), "h.json");
    ASSERT_TRUE(base && head);
    EXPECT_EQ(head->series[0].last_look, samples.head.series[0].last_look);
    const std::vector<Comparison> live = compared(samples, config);
    const std::vector<Comparison> again = compare::all(*base, *head, config.statistics, {}, gates::demands_of(config));
    ASSERT_EQ(live.size(), again.size());
    for (std::size_t i = 0; i < live.size(); ++i) {
      EXPECT_EQ(live[i].significance, again[i].significance) << i;
      EXPECT_EQ(live[i].confidence, again[i].confidence) << i;
      EXPECT_EQ(live[i].fresh_pairs, again[i].fresh_pairs) << i;
    }
  }
}

TEST(Reserve, EnoughTimeMovesNothing) {
  const Config config = config_of(300);
  SimulatedRunner machine(config, 0.10, 0.05, 1);
  const ingest::SidedSamples samples = machine.measure();
  for (const Series& series : samples.head.series) EXPECT_EQ(series.last_look, 0U);
}

TEST(Reserve, SixPairsOfHalfAsMuchAgainFailThoughTimeIsUp) {
  const Config config = config_of(12);
  SimulatedRunner machine(config, 0.50, 0.005, 1);
  const ingest::SidedSamples samples = machine.measure();
  EXPECT_EQ(machine.pairs(), 6U);
  EXPECT_EQ(samples.head.series[0].last_look, 0U);
  const std::vector<Comparison> comparisons = compared(samples, config);
  const Verdict verdict = gates::judge({.comparisons = comparisons}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(comparisons[0].confidence, Confidence::medium);
}

TEST(Reserve, TimeThatIsUpBlamesNobodyThatDidNotChange) {
  for (const double max_time_s : {12.0, 30.0, 70.0}) {
    const Config config = config_of(max_time_s);
    SimulatedRunner machine(config, 0, 0.10, 1);
    for (const Comparison& c : compared(machine.measure(), config)) EXPECT_NE(c.significance, Significance::distinct);
  }
}

}  // namespace
}  // namespace perfwarden::app
