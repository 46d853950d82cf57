#include <gmock/gmock.h>

#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Json, ReadsAFlatObjectOfNumbersAndValues) {
  const auto reading =
      read_as("json", R"({"parse": {"value": 1.5, "unit": "ms"}, "load": {"values": [3, 4], "unit": "s"},
    "queue": {"value": 2, "unit": "req/s"}, "score": {"value": 7, "metric": "points", "better": "higher"},
    "lag": {"value": 5, "unit": "us", "metric": "p99"}, "binary_size": 4096, "rows": 3})");
  EXPECT_THAT(find(reading, "parse", "wall_time").values, ElementsAre(1.5e-3));
  EXPECT_THAT(find(reading, "load", "wall_time").values, ElementsAre(3, 4));
  EXPECT_EQ(find(reading, "queue", "throughput").metric.better, Better::higher);
  EXPECT_EQ(find(reading, "score", "points").metric.better, Better::higher);
  EXPECT_THAT(find(reading, "lag", "p99").values, ElementsAre(5e-6));
  EXPECT_EQ(find(reading, "binary_size", "binary_size").metric, *known_metric("binary_size"));
  EXPECT_EQ(find(reading, "rows", "rows").metric, (Metric{"rows", "1", Better::unknown, false, true}));
}

TEST(Json, LeavesOutMembersOfOtherShapesByName) {
  const auto reading =
      read_as("json",
              "{\"a\": 1,\n\"b\": \"x\", \"c\": [1],\n\"d\": {\"value\": \"1\"}, \"e\": {\"unit\": \"s\"},"
              "\"f\": {\"value\": 1, \"better\": \"faster\"}, \"g\": NaN, \"h\": {\"values\": [1, null]}}");
  EXPECT_THAT(names(reading), ElementsAre("a a", "h h"));
  EXPECT_THAT(
      texts(reading->warnings),
      ElementsAre("bad-record: out.txt:2: benchmark 'b': a string where a number or an object with a value is "
                  "expected; ignored",
                  HasSubstr("benchmark 'c': an array where"),
                  "bad-record: out.txt:3: benchmark 'd': a string where a number is expected; ignored",
                  HasSubstr("benchmark 'e': an object where an object with value or values"),
                  HasSubstr("benchmark 'f': a string where \"lower\" or \"higher\""),
                  "not-finite: out.txt:3: benchmark 'g': g is NaN; ignored", HasSubstr("benchmark 'h': h is NaN")));
}

TEST(Json, TakesASamplesFileAsOneInvocation) {
  const auto reading = read_as("json", R"({"schema": "perfwarden.samples/1", "series": [
    {"suite": "s", "benchmark": "a", "metric": "wall_time", "invocations": [[1, 2], [], [3]]}]})");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace perfwarden::ingest
