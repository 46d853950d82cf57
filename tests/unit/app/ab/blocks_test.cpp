#include "app/ab/blocks.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

BlockPlan plan() {
  BlockPlan out;
  out.base_url = "base";
  out.head_url = "head";
  out.pairs = 6;
  return out;
}

net::Load load_of(double latency_s, std::size_t requests = 1000) {
  net::Load out;
  out.latencies_s.assign(requests, latency_s);
  out.latencies_s.back() = 10 * latency_s;
  return out;
}

const Series* find(const Samples& samples, const std::string& metric) {
  for (const Series& series : samples.series)
    if (series.id.metric == metric) return &series;
  return nullptr;
}

TEST(Blocks, GiveOneNumberABlockOfEachPercentile) {
  std::vector<std::string> urls;
  const auto samples = measure_blocks(plan(), {.one = [&](const net::LoadPlan& load) -> Result<net::Load> {
                                        urls.push_back(load.url);
                                        return load_of(load.url == "base" ? 0.01 : 0.02);
                                      }});
  ASSERT_TRUE(samples);
  EXPECT_EQ(urls.size(), 2U + 12U) << "a block of each warms up";
  for (std::size_t i = 2; i < urls.size(); i += 2) EXPECT_NE(urls[i], urls[i + 1]) << "of a pair both";
  const Series* const base = find(samples->base, "p50");
  ASSERT_NE(base, nullptr);
  EXPECT_EQ(base->invocations, std::vector<std::vector<double>>(6, {0.01}));
  EXPECT_EQ(find(samples->head, "p99")->invocations[0][0], 0.02);
  EXPECT_EQ(find(samples->head, "errors")->invocations[0][0], 0);
  EXPECT_EQ(find(samples->head, "p999"), nullptr) << "one request in a thousand is no percentile";
  EXPECT_TRUE(samples->head.warnings.empty());
}

TEST(Blocks, ErrorsAndSaturationAreSaid) {
  const auto samples = measure_blocks(plan(), {.one = [](const net::LoadPlan& load) -> Result<net::Load> {
                                        net::Load out = load_of(0.01);
                                        if (load.url == "base") return out;
                                        out.saturated = true;
                                        out.latencies_s[5] = std::numeric_limits<double>::quiet_NaN();
                                        out.errors = 1;
                                        out.first_error = "status 503";
                                        out.worst_lag_s = 0.05;
                                        return out;
                                      }});
  ASSERT_TRUE(samples);
  ASSERT_EQ(samples->head.warnings.size(), 3U);
  EXPECT_THAT(samples->head.warnings[0].text, HasSubstr("fell behind the rate in 6 of 6 blocks"));
  EXPECT_THAT(samples->head.warnings[1].text, HasSubstr("status 503"));
  EXPECT_EQ(samples->head.warnings[2].code, "late-requests");
  EXPECT_DOUBLE_EQ(find(samples->head, "errors")->invocations[0][0], 0.001);
}

TEST(Blocks, AServiceThatAnswersNothingIsAnError) {
  const auto samples = measure_blocks(plan(), {.one = [](const net::LoadPlan& load) -> Result<net::Load> {
                                        net::Load out = load_of(0.01, 10);
                                        if (load.url == "head") {
                                          out.errors = 10;
                                          out.first_error = "Couldn't connect to server";
                                        }
                                        return out;
                                      }});
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().kind, ErrorKind::benchmark);
  EXPECT_THAT(samples.error().what, HasSubstr("head answers no request: Couldn't connect"));
}

TEST(Blocks, ACanaryIsDrivenBesideTheOtherByItsShare) {
  BlockPlan canary = plan();
  canary.head_share = 0.1;
  int blocks = 0;
  const auto samples = measure_blocks(canary, {.both = [&](const net::LoadPlan& load, const std::string& second,
                                                           double share) -> Result<std::array<net::Load, 2>> {
                                        ++blocks;
                                        EXPECT_EQ(load.url + second, "basehead");
                                        EXPECT_EQ(share, 0.1);
                                        return std::array<net::Load, 2>{load_of(0.01, 900), load_of(0.02, 100)};
                                      }});
  ASSERT_TRUE(samples);
  EXPECT_EQ(blocks, 7) << "one warms up";
  EXPECT_EQ(find(samples->head, "p50")->invocations[0][0], 0.02);
  EXPECT_EQ(find(samples->base, "p90")->invocations.size(), 6U);
  EXPECT_EQ(find(samples->base, "p99"), nullptr) << "head has too few requests for it";
}

TEST(Blocks, WhatWasMeasuredBeforeASignalIsKept) {
  int left = 9;
  const auto stopping = [&](const net::LoadPlan&) -> Result<net::Load> {
    net::Load out = load_of(0.01);
    out.stopped = --left <= 0;
    return out;
  };
  const auto samples = measure_blocks(plan(), {.one = stopping});
  ASSERT_TRUE(samples);
  EXPECT_EQ(find(samples->base, "p50")->invocations.size(), 3U);
  left = 4;
  const auto none = measure_blocks(plan(), {.one = stopping});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace perfwarden::app
