#include "ingest/delimited.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::vector<std::string>> records_of(std::string_view text, char separator = ',') {
  std::vector<std::vector<std::string>> out;
  DelimitedRecords records(text, separator);
  while (records.next()) {
    out.push_back(records.fields());
    if (records.bad()) out.push_back({"bad"});
  }
  return out;
}

TEST(DelimitedRecords, FollowRfc4180) {
  EXPECT_THAT(records_of("a,b,\r\n\"x, \"\"y\"\"\",\"two\nlines\",z\n\n# note\n1\n"),
              ElementsAre(ElementsAre("a", "b", ""), ElementsAre("x, \"y\"", "two\nlines", "z"), ElementsAre("1")));
  EXPECT_THAT(records_of("a\tb, c\t"), ElementsAre(ElementsAre("a\tb", " c\t")));
  EXPECT_THAT(records_of("a\tb, c\t", '\t'), ElementsAre(ElementsAre("a", "b, c", "")));
  EXPECT_THAT(records_of(""), ElementsAre());
}

TEST(DelimitedRecords, KnowTheLineWhereARecordBegins) {
  DelimitedRecords records("\xEF\xBB\xBF\n\na,\"1\n2\"\nb\n", ',');
  ASSERT_TRUE(records.next());
  EXPECT_EQ(records.line(), 3);
  ASSERT_TRUE(records.next());
  EXPECT_EQ(records.line(), 5);
  EXPECT_FALSE(records.next());
}

TEST(DelimitedRecords, CutAnUnclosedQuoteAndAnEndlessLine) {
  const std::string wide(100'000, 'x');
  EXPECT_THAT(records_of("a,\"" + wide), ElementsAre(ElementsAre("a"), ElementsAre("bad")));
  EXPECT_THAT(records_of(wide + ",b\nc\n"), ElementsAre(ElementsAre(), ElementsAre("bad"), ElementsAre("c")));
}

TEST(Csv, NamesMetricsUnitsAndDirections) {
  const auto reading = read_as("csv",
                               "unit,Benchmark,better,value,metric\nms,a,,12,\nreq/s,a,,5,qps\n,a,higher,7,score\n"
                               "B,a,,9,binary_size\n");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(0.012));
  EXPECT_EQ(find(reading, "a", "qps").metric.better, Better::higher);
  EXPECT_EQ(find(reading, "a", "score").metric.better, Better::higher);
  EXPECT_TRUE(find(reading, "a", "binary_size").metric.deterministic);
}

TEST(Csv, NeedsAHeader) {
  const auto reading = read_as("csv", "a,1\nb,2\n");
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().where, "out.txt:1");
  EXPECT_THAT(reading.error().hint, HasSubstr("benchmark, metric, unit, value"));
}

TEST(Csv, InvocationsMayCountFrom1OrFrom0) {
  using Processes = std::vector<std::uint32_t>;
  const std::string header = "benchmark,value,invocation\n";
  EXPECT_EQ(find(read_as("csv", header + "a,1,1\na,2,1\na,3,3\n"), "a", "value").processes, (Processes{0, 0, 2}));
  EXPECT_EQ(find(read_as("csv", header + "a,1,0\na,3,2\n"), "a", "value").processes, (Processes{0, 2}));
  const auto reading = read_as("csv", header + "a,1,0\na,2,-1\na,2,1.5\na,2,\n");
  EXPECT_THAT(find(reading, "a", "value").values, ElementsAre(1));
  EXPECT_EQ(reading->warnings.size(), 3U);
  EXPECT_FALSE(read_as("csv", header + "a,1,4000000\n"));
}

}  // namespace
}  // namespace perfwarden::ingest
