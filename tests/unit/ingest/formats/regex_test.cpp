#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "ingest/line_pattern.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Suite with_pattern(const std::string& pattern, const std::string& metric = "") {
  Suite suite;
  suite.name = "custom";
  suite.run.argv = {"./scripts/e2e.sh"};
  suite.parser = {"regex", pattern, metric};
  suite.where = {"perfwarden.yml", 9, 5};
  return suite;
}

TEST(Regex, ReadsNameValueAndUnitOfEachLine) {
  const Suite suite = with_pattern(R"(^(?<name>\S+)\s+(?<value>[\d.]+)\s*(?<unit>ms|s)$)");
  const auto reading = read_as("regex", "a 1.5 ms\nnoise\na 2ms\r\nb/c 3 s\n", &suite);
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1.5e-3, 2e-3));
  EXPECT_THAT(find(reading, "b/c", "wall_time").values, ElementsAre(3.0));
  EXPECT_TRUE(find(reading, "a", "wall_time").metric.primary);
}

TEST(Regex, ALineBuiltLikeAMatchThatDoesNotMatchIsSaidWithItsNumber) {
  const Suite suite = with_pattern(R"(^(?<name>\S+) (?<value>\d+) (?<unit>ms)$)");
  const auto reading = read_as("regex", "sort 1.5 ms\nCompiling lib v0.1\nparse 3 ms\nscan ~4 ms\ndone\n", &suite);
  ASSERT_TRUE(reading) << reading.error().text();
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("out.txt:1: 'sort 1.5 ms' looks like a result"),
                                                    HasSubstr("out.txt:4: 'scan ~4 ms' looks like a result")));
}

TEST(Regex, TakesTheMetricFromItsGroupThenFromTheConfigThenFromTheUnit) {
  const Suite grouped = with_pattern(R"((?P<name>\w+) (?P<metric>\w+)=(?P<value>\d+)(?P<unit>[a-zA-Z/]*))", "ignored");
  const auto reading = read_as("regex", "x p99=3ms\nx rows=4\nx speed=5op/s", &grouped);
  EXPECT_EQ(find(reading, "x", "p99").metric, (Metric{"p99", "s", Better::lower, false, true}));
  EXPECT_EQ(find(reading, "x", "rows").metric.unit, "1");
  EXPECT_EQ(find(reading, "x", "speed").metric.better, Better::higher);
  const Suite configured = with_pattern(R"((?<name>\w+) (?<value>\d+))", "binary_size");
  EXPECT_EQ(find(read_as("regex", "app 4096", &configured), "app", "binary_size").metric, *known_metric("binary_size"));
  const Suite bare = with_pattern(R"((?<name>\w+) (?<value>\d+)(?<unit> \S+)?)");
  EXPECT_EQ(find(read_as("regex", "app 4096", &bare), "app", "value").metric.unit, "1");
}

TEST(Regex, WithoutANameIsCalledAfterTheCaseOrTheProgram) {
  const Suite suite = with_pattern(R"(total: (?<value>[\d.]+) (?<unit>s))");
  EXPECT_THAT(names(read_as("regex", "total: 2 s", &suite)), ElementsAre("e2e.sh wall_time"));
  EXPECT_THAT(names(read_as("regex", "total: 2 s", &suite, "large")), ElementsAre("large wall_time"));
}

TEST(Regex, SaysWhereThePatternIsWrong) {
  const struct {
    const char *pattern, *what;
  } rows[] = {
      {R"(^(?<name>\S+) (?<value>[\d.]+)", "bad pattern in parser.regex at column 15: this ( has no )"},
      {R"((?P<value>[(]\()", "bad pattern in parser.regex at column 1: this ( has no )"},
      {R"((?<name>a)(?<value>b**))", "bad pattern in parser.regex at column 21: bad repetition operator: **"},
      {R"((?<name>a)(?=x)(?<value>b))", "bad pattern in parser.regex at column 11: invalid perl operator: (?="},
      {R"((?<name>a)(?<=x)(?<value>b))", "bad pattern in parser.regex at column 11: invalid perl operator: (?<"},
      {R"((?<value>a)\1)", "bad pattern in parser.regex at column 12: invalid escape sequence: \\1"},
      {R"((?<name>a))", "the pattern of parser.regex has no group (?<value>…)"},
      {R"((?<value>a)(?<units>b))",
       "unknown group 'units' in parser.regex at column 15: the groups are name, value, unit, metric"},
      {R"((?<value>a)(?<value>b))", "the group 'value' occurs twice in parser.regex, again at column 15"},
      {"", "the pattern of parser.regex has no group (?<value>…)"},
  };
  for (const auto& row : rows) {
    const auto pattern = LinePattern::compile(row.pattern, "perfwarden.yml:9:5");
    ASSERT_FALSE(pattern) << row.pattern;
    EXPECT_EQ(pattern.error().kind, ErrorKind::config);
    EXPECT_EQ(pattern.error().where, "perfwarden.yml:9:5");
    EXPECT_EQ(pattern.error().what, row.what);
    EXPECT_THAT(pattern.error().hint, HasSubstr("(?<value>"));
  }
}

TEST(Regex, PointsAtTheBadPart) {
  const auto pattern = LinePattern::compile(R"((?<name>a)(?<value>b**))", "f");
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().excerpt, "  (?<name>a)(?<value>b**)\n                      ^");
}

TEST(Regex, LeavesClassesAndEscapesAlone) {
  const auto pattern = LinePattern::compile(R"(\(?<?(?<name>[(?<x>]+)[]]? (?<value>\d+))", "f");
  ASSERT_TRUE(pattern) << pattern.error().text();
  LineMatch match;
  ASSERT_TRUE(pattern->match("(<(?<x>] 12", match));
  EXPECT_EQ(match.value, "12");
}

TEST(Regex, StaysLinearWhereBacktrackingWouldExplode) {
  const Suite suite = with_pattern(R"(^(?<name>(a+)+)b(?<value>\d+)$)");
  const std::string line = std::string(4000, 'a') + "c";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(read_as("regex", line + "\n" + line, &suite));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));  // backtracking would take 2^4000 steps
}

TEST(Regex, SaysWhatAMatchedValueIsNot) {
  const Suite suite = with_pattern(R"(^(?<name>\S+) (?<value>\S+)$)");
  const auto reading = read_as("regex", "a 1,5\nb 2\n", &suite);
  ASSERT_TRUE(reading);
  EXPECT_THAT(texts(reading->warnings),
              ElementsAre("bad-record: out.txt:1: benchmark 'a': the value '1,5' is not a finite number; ignored"));
}

}  // namespace
}  // namespace perfwarden::ingest
