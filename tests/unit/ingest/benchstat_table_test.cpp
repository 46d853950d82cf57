#include "ingest/benchstat_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace perfwarden::ingest {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<Comparison> read_table(std::string_view text) {
  const auto read = read_benchstat(text, "bench.txt");
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read && *read ? **read : std::vector<Comparison>{};
}

constexpr std::string_view k_new =
    "goos: linux\npkg: example.org/x\n"
    "         │   old.txt   │               new.txt               │\n"
    "         │   sec/op    │   sec/op     vs base                │\n"
    "Encode-8   1.718µ ±  1%   2.123µ ± 1%  +23.57% (p=0.000 n=10)\n"
    "Decode-8   3.066µ ±  2%   3.070µ ± 2%        ~ (p=0.446 n=9+10)\n"
    "geomean    2.295µ         2.553µ        +11.2%\n\n"
    "         │    B/op     │    B/op     vs base            │\n"
    "Encode-8   1.000Ki ± 0%   1.000Ki ± 0%  ~ (p=1.000 n=10) ¹\n"
    "¹ all samples are equal\n";

TEST(BenchstatTable, TheNewFormIsReadWithUnitsTestAndBounds) {
  const std::vector<Comparison> out = read_table(k_new);
  ASSERT_THAT(out, SizeIs(3));
  EXPECT_EQ(out[0].id, (SeriesId{"default", "Encode-8", "wall_time"}));
  EXPECT_DOUBLE_EQ(out[0].base.median, 1.718e-6);
  EXPECT_EQ(out[0].significance, Significance::distinct);
  EXPECT_EQ(out[0].p, 0);
  EXPECT_EQ(out[0].pairs, 10U);
  EXPECT_NEAR(out[0].ratio_bounds.low, 2.123 * 0.99 / (1.718 * 1.01), 1e-9);
  EXPECT_NEAR(out[0].ratio_bounds.high, 2.123 * 1.01 / (1.718 * 0.99), 1e-9);
  EXPECT_EQ(out[1].significance, Significance::indistinct);
  EXPECT_EQ(out[1].base.n, 9U);
  EXPECT_EQ(out[2].id.metric, "allocated_bytes");
  EXPECT_DOUBLE_EQ(out[2].head.median, 1024);
}

TEST(BenchstatTable, TheOlderFormIsRead) {
  const std::vector<Comparison> out = read_table(
      "name        old time/op    new time/op    delta\n"
      "Encode-8    13.6ms ± 1%    11.8ms ± 1%  -13.31%  (p=0.016 n=4+5)\n"
      "[Geo mean]  20ms           18ms          -5%\n"
      "name        old allocs/op  new allocs/op  delta\n"
      "Encode-8     1.02k ± 0%     1.03k ± 0%   +0.98%  (p=0.000 n=5+5)\n");
  ASSERT_THAT(out, SizeIs(2));
  EXPECT_DOUBLE_EQ(out[0].base.median, 0.0136);
  EXPECT_EQ(out[0].head.n, 5U);
  EXPECT_DOUBLE_EQ(out[1].base.median, 1020);
}

TEST(BenchstatTable, OursIsRead) {
  const std::vector<Comparison> out = read_table(
      "sec/op  old.txt       new.txt                    vs base\n"
      "Parse   12.4 ms ± 1%  13.3 ms ± 1%  +7.26% (p=0.000 n=10)\n");
  ASSERT_THAT(out, SizeIs(1));
  EXPECT_DOUBLE_EQ(out[0].base.median, 0.0124);
  EXPECT_DOUBLE_EQ(out[0].head.median, 0.0133);
}

TEST(BenchstatTable, ARowWithoutATestIsJudgedByItsSizeAndSaysSo) {
  for (const std::string_view text : {"BenchmarkA  100ns/op  120ns/op  +20.00%\n",
                                      "benchmark       old ns/op  new ns/op  delta\nBenchmarkA      100        120     "
                                      "   +20.00%\n"}) {
    const std::vector<Comparison> out = read_table(text);
    ASSERT_THAT(out, SizeIs(1)) << text;
    EXPECT_DOUBLE_EQ(out[0].base.median, 1e-7);
    EXPECT_NEAR(out[0].ratio, 1.2, 1e-12);
    EXPECT_TRUE(std::isnan(out[0].p));
    EXPECT_EQ(out[0].warnings.front().code, k_no_test);
  }
}

TEST(BenchstatTable, RawOutputIsNoTable) {
  const auto read = read_benchstat("goos: linux\nBenchmarkA-8  1000  1234 ns/op\nPASS\n", "raw.txt");
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
}

TEST(BenchstatTable, ATableWithoutARowThatCanBeReadIsAnError) {
  const auto read = read_benchstat("name  old time/op  new time/op  delta\nEncode  what  ever  ~\n", "t.txt");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().hint, Not(IsEmpty()));
}

}  // namespace
}  // namespace perfwarden::ingest
