#include "app/pipe/benchstat.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

Series series_of(const std::string& benchmark, std::vector<double> repetitions) {
  Series series;
  series.id = {"default", benchmark, "wall_time"};
  series.metric = {"wall_time", "s", Better::lower, false, true};
  series.invocations = {std::move(repetitions)};
  return series;
}

TEST(Benchstat, ShowsMedianSpreadChangeAndGeomean) {
  Samples base, head;
  base.series = {series_of("Hash", {1e-6, 1.01e-6, 1.02e-6, 1.01e-6, 1e-6, 1.01e-6}),
                 series_of("Sort", {2e-6, 2.02e-6, 2e-6, 2.01e-6, 2.02e-6, 2e-6})};
  head.series = {series_of("Hash", {1.5e-6, 1.51e-6, 1.5e-6, 1.52e-6, 1.51e-6, 1.5e-6}),
                 series_of("Sort", {2e-6, 2.02e-6, 2e-6, 2.01e-6, 2.02e-6, 2e-6})};
  EXPECT_EQ(benchstat_text(base, head, "old.txt", "new.txt"),
            "sec/op        old.txt       new.txt                vs base\n"
            "Hash     1.01 µs ± 1%  1.51 µs ± 1%  +49.01% (p=0.002 n=6)\n"
            "Sort     2.00 µs ± 1%  2.00 µs ± 1%        ~ (p=1.000 n=6)\n"
            "geomean       1.42 µs       1.74 µs                +22.07%\n");
}

TEST(Benchstat, SaysWhenValuesAreTooFewForAnInterval) {
  Samples base, head;
  base.series = {series_of("Hash", {1e-6, 1.01e-6})};
  head.series = {series_of("Hash", {1e-6, 1.01e-6, 1e-6})};
  const std::string text = benchstat_text(base, head, "old", "new");
  EXPECT_THAT(text, HasSubstr("± ∞"));
  EXPECT_THAT(text, HasSubstr("n=2+3"));
  EXPECT_THAT(text, HasSubstr("needs 6 values or more"));
}

TEST(Benchstat, ABenchmarkOfOneSideHasNoChange) {
  Samples base, head;
  head.series = {series_of("New", {1e-6, 1.01e-6, 1e-6, 1e-6, 1e-6, 1e-6})};
  EXPECT_EQ(benchstat_text(base, head, "old", "new"), "sec/op        new\nNew     1 µs ± 1%\n");
}

}  // namespace
}  // namespace perfwarden::app
