#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "support/fakes.hpp"
#include "support/paths.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string k_titles = "bench  fastest │ slowest │ median  │ mean   │ samples │ iters\n";

std::string recorded() {
  return support::slurp(support::source_path("tests/fixtures/ingest/divan/cargo_bench.txt"));
}

Result<Reading> read_divan_text(const std::string& text) {
  return read_as("divan", text);
}

TEST(Divan, ReadsTheMedianOfEveryBenchmarkByItsPathInTheTree) {
  const auto reading = read_divan_text(recorded());
  EXPECT_THAT(names(reading), ElementsAre("copy_all wall_time", "copy_all byte_throughput", "copy_all throughput",
                                          "copy_all allocations", "copy_all allocated_bytes", "tokens/a b wall_time",
                                          "tokens/Json/8 wall_time", "tokens/Json/4096 wall_time"));
  EXPECT_THAT(find(reading, "copy_all", "wall_time").values, ElementsAre(testing::DoubleEq(440.2e-6)));
  EXPECT_THAT(find(reading, "copy_all", "byte_throughput").values, ElementsAre(9.086e9));
  EXPECT_THAT(find(reading, "copy_all", "throughput").values, ElementsAre(22710));
  EXPECT_THAT(find(reading, "copy_all", "allocations").values, ElementsAre(12));
  EXPECT_THAT(find(reading, "copy_all", "allocated_bytes").values, ElementsAre(65530));
  EXPECT_THAT(find(reading, "tokens/a b", "wall_time").values, ElementsAre(967e-9));
  EXPECT_THAT(find(reading, "tokens/Json/8", "wall_time").values, ElementsAre(2.238e-9));
  EXPECT_THAT(find(reading, "tokens/Json/4096", "wall_time").values, ElementsAre(1.25));
  EXPECT_THAT(reading->failures, IsEmpty());
}

TEST(Divan, IsFoundByItsTitles) {
  const std::string text = recorded();
  const auto chosen = choose("auto", Document{text, "out.txt", nullptr, nullptr, ""});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ((*chosen)->name, "divan");
}

TEST(Divan, FindsTheResultBehindWhatTheBenchmarkPrints) {
  const auto reading = read_divan_text(k_titles +
                                       "├─ loud   hello\n"
                                       "│ is not a row\n"
                                       "1 ns    │ 3 ns    │ 2 ns    │ 2 ns   │ 10      │ 10\n"
                                       "╰─ quiet  5 ns    │ 7 ns    │ 6 ns    │ 6 ns   │ 10      │ 10\n");
  EXPECT_THAT(find(reading, "loud", "wall_time").values, ElementsAre(2e-9));
  EXPECT_THAT(find(reading, "quiet", "wall_time").values, ElementsAre(6e-9));
}

TEST(Divan, ReportsABenchmarkThatEndedTheProgramAsFailed) {
  const auto reading = read_divan_text(k_titles +
                                       "├─ good   5 ns    │ 7 ns    │ 6 ns    │ 6 ns   │ 10      │ 10\n"
                                       "╰─ group  │         │         │         │         │\n"
                                       "   ╰─ bad    thread 'main' panicked\n");
  ASSERT_TRUE(reading) << reading.error().text();
  ASSERT_EQ(reading->failures.size(), 1U);
  EXPECT_EQ(reading->failures[0].benchmark, "group/bad");
}

TEST(Divan, ReadsMinutesAsMinutes) {
  const auto reading = read_divan_text(k_titles + "╰─ long   1 m     │ 3 m     │ 1.5 m   │ 2 m    │ 3       │ 3\n");
  EXPECT_THAT(find(reading, "long", "wall_time").values, ElementsAre(90));
}

TEST(Divan, KeepsBenchmarksOfTwoTargetsApart) {
  const std::string tree = "  fastest │ slowest │ median  │ mean   │ samples │ iters\n╰─ sort   ";
  const std::string rest = "    │ 7 ns    │ 6 ns    │ 6 ns   │ 10      │ 10\n\n";
  const auto samples = read_files({{"out.txt", "one" + tree + "5 ns" + rest + "two" + tree + "5 ns" + rest}}, "divan",
                                  Suite{}, Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  std::vector<std::string> found;
  for (const Series& series : samples->series) found.push_back(series.id.benchmark);
  EXPECT_THAT(found, UnorderedElementsAre(HasSubstr("one"), HasSubstr("two")));
}

TEST(Divan, ATreeOfLongNamesCostsNoMoreThanItsSize) {
  std::string text = k_titles;
  std::string prefix;
  for (int depth = 0; depth < 1000; ++depth) {
    text += prefix + "╰─ " + std::string(1000, 'x') + "  │ │ │ │ │\n";
    prefix += "   ";
  }
  for (int i = 0; i < 200; ++i) text += prefix + "├─ leaf  5 ns │ 7 ns │ 6 ns │ 6 ns │ 10 │ 10\n";
  const auto reading = read_divan_text(text);
  ASSERT_FALSE(reading) << "the names are too long";
  EXPECT_THAT(reading.error().text(), HasSubstr("more than 1024"));
}

TEST(Divan, DoesNotReadANumberThatIsNotATime) {
  const auto reading = read_divan_text(k_titles +
                                       "├─ odd    x       │ x       │ NaN ns  │ x      │ 10      │ 10\n"
                                       "╰─ good   5 ns    │ 7 ns    │ 6 ns    │ 6 ns   │ 10      │ 10\n");
  ASSERT_TRUE(reading) << reading.error().text();
  EXPECT_THAT(names(reading), ElementsAre("good wall_time"));
  ASSERT_EQ(reading->failures.size(), 1U);
  EXPECT_EQ(reading->failures[0].benchmark, "odd");
}

}  // namespace
}  // namespace perfwarden::ingest
