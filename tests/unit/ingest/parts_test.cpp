#include "ingest/parts.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;

TEST(Notes, KeepEqualOnesOnceAndCountWhatIsPastTheLimit) {
  Notes notes;
  notes.add("a", "f:1: same", "same");
  notes.add("a", "f:2: same", "same");
  notes.add("b", "f:3: same", "same");
  for (int i = 0; i < 200; ++i) notes.add("c", fmt::format("note {}", i));
  const std::vector<Warning> taken = notes.take();
  ASSERT_EQ(taken.size(), 101U);
  EXPECT_EQ(taken[0].text, "f:1: same");
  EXPECT_EQ(taken[1].code, "b");
  EXPECT_EQ(taken[100].text, "102 more warnings are not shown");
}

TEST(Lines, AreWithoutTheirEndsAndTerminalEscapes) {
  const std::string text = "a\r\n\n\x1b[1;31mred\x1b[0m x\n" + std::string(5000, 'y') + "\nlast";
  Lines lines(text);
  std::vector<std::string> seen;
  std::vector<int> numbers;
  while (lines.next()) {
    seen.emplace_back(lines.line());
    numbers.push_back(lines.number());
  }
  EXPECT_THAT(seen, ElementsAre("a", "", "red x", "last"));
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(lines.passed_over(), 1U);
}

TEST(ToBase, DividesWhereTheFactorHasNoExactDouble) {
  EXPECT_EQ(to_base(3.004, unit_of("ns")), 3.004e-9);
  EXPECT_EQ(to_base(2, unit_of("KiB")), 2048);
  EXPECT_EQ(to_base(50, unit_of("%")), 0.5);
  EXPECT_EQ(to_base(7, unit_of("rows")), 7);
}

TEST(CounterMetric, TakesDirectionAndUnitFromTheNameAndGuessesNone) {
  EXPECT_EQ(counter_metric("rows_per_second"), (Metric{"rows_per_second", "op/s", Better::higher, false, false}));
  EXPECT_EQ(counter_metric("L1_hits").better, Better::unknown);
  EXPECT_EQ(counter_metric("heap_bytes").unit, "B");
  EXPECT_EQ(counter_metric("INSTRUCTIONS").unit, "1");
  EXPECT_EQ(counter_metric("INSTRUCTIONS").name, "INSTRUCTIONS");
  EXPECT_EQ(counter_metric("latency"), (Metric{"latency", "1", Better::lower, false, false}));
}

TEST(Shown, MakesAHostileNameOneShortLine) {
  EXPECT_EQ(shown("a\x1b[2J\nb"), "a [2J b");
  EXPECT_LE(shown(std::string(100000, 'x')).size(), 123U);
}

TEST(ValidUtf8, ReplacesOnlyWhatIsInvalid) {
  EXPECT_EQ(valid_utf8("a\x1b\n\xC3\xA9"), "a\x1b\n\xC3\xA9");
  EXPECT_EQ(valid_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(valid_utf8("\xC3"), "\xEF\xBF\xBD");
}

TEST(Table, LeavesOutWithANoteWhatCannotBeKept) {
  const Document document{"", "f", nullptr, nullptr, ""};
  Table table(document);
  const Metric metric{"m", "s", Better::lower, false, true};
  ASSERT_TRUE(table.add(1, "a", metric, "s", 1));
  ASSERT_TRUE(table.add(2, "", metric, "s", 1));
  ASSERT_TRUE(table.add(3, std::string(1025, 'x'), metric, "s", 1));
  ASSERT_TRUE(table.add(4, "a", {"m", "B", Better::lower, false, true}, "B", 1));
  ASSERT_TRUE(table.add(5, "a", metric, "s", 2));
  const auto reading = table.finish("nothing", "");
  EXPECT_THAT(find(reading, "a", "m").values, ElementsAre(1, 2));
  EXPECT_THAT(
      texts(reading->warnings),
      ElementsAre("bad-name: f:2: a benchmark or metric without a name; ignored",
                  "bad-name: f:3: the name '" + std::string(40, 'x') + "…' has 1025 bytes, more than 1024; ignored",
                  "unit-changed: f:4: benchmark 'a': m is first in s and then in B; the later value is ignored"));
}

TEST(RegexOfNames, MatchesJustTheNames) {
  EXPECT_EQ(regex_of_names({"a"}), "^(a)$");
  EXPECT_EQ(regex_of_names({"sort<int>/8", "a.b|c"}), R"(^(sort<int>/8|a\.b\|c)$)");
  EXPECT_EQ(regex_of_names({R"(x\y)", "[z]{2}"}), R"(^(x\\y|\[z\]\{2\})$)");
  EXPECT_EQ(regex_of_names({}), "");
  EXPECT_EQ(regex_of_names({"a\nb"}), "");
  EXPECT_EQ(regex_of_names(std::vector<std::string>(5000, "benchmark")), "");
}

TEST(Only, IsAskedOfProgramsThatShowTheirFlagsAlone) {
  const Format* google = find_format("google-benchmark");
  ASSERT_NE(google->only, nullptr);
  EXPECT_EQ(google->only({"./b", "--benchmark_format=json"}, {"x"}),
            std::vector<std::string>{"--benchmark_filter=^(x)$"});
  EXPECT_TRUE(google->only({"make", "bench"}, {"x"}).empty());
  const Format* go = find_format("go-bench");
  ASSERT_NE(go->only, nullptr);
  EXPECT_EQ(go->only({"go", "test", "-bench=.", "./..."}, {"BenchmarkA/size=1", "BenchmarkA/size=2", "BenchmarkB"}),
            std::vector<std::string>{"-bench=^(BenchmarkA|BenchmarkB)$"});
  EXPECT_EQ(go->only({"./p.test", "-test.bench", "."}, {"BenchmarkA"}),
            std::vector<std::string>{"-test.bench=^(BenchmarkA)$"});
  EXPECT_TRUE(go->only({"go", "test", "-bench=.", "-args", "x"}, {"BenchmarkA"}).empty());
  EXPECT_TRUE(go->only({"go", "test", "-bench=."}, {"example.com/p/BenchmarkA"}).empty());
  EXPECT_TRUE(go->only({"go", "test", "-bench=."}, {"BenchmarkA-8"}).empty());
}

}  // namespace
}  // namespace perfwarden::ingest
