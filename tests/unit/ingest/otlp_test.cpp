#include "ingest/otlp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::ingest {
namespace {

using testing::SizeIs;

constexpr std::string_view k_one =
    R"({"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "api"}}]},
  "scopeSpans": [{"spans": [
    {"traceId": "t", "spanId": "1", "name": "GET", "kind": 2, "startTimeUnixNano": "1000000000", "endTimeUnixNano": "1500000000",
     "attributes": [{"key": "http.request.method", "value": {"stringValue": "GET"}}, {"key": "http.route", "value": {"stringValue": "/users"}}]},
    {"traceId": "t", "spanId": "2", "parentSpanId": "1", "name": "query", "startTimeUnixNano": 0, "endTimeUnixNano": 250000000,
     "attributes": [{"key": "code.function", "value": {"stringValue": "db::run"}}, {"key": "x", "value": {"intValue": "1"}}]}]}]}]})";

TEST(Otlp, SpansAreReadWithRouteFunctionAndDuration) {
  const auto read = read_otlp(k_one, "spans.json");
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_THAT(*read, SizeIs(2));
  EXPECT_EQ((*read)[0].route, "GET /users");
  EXPECT_TRUE((*read)[0].server);
  EXPECT_DOUBLE_EQ((*read)[0].seconds, 0.5);
  EXPECT_EQ((*read)[0].service, "api");
  EXPECT_EQ((*read)[1].function, "db::run");
  EXPECT_EQ((*read)[1].parent, "1");
}

TEST(Otlp, ADocumentALineIsReadToo) {
  std::string one(k_one);
  for (char& c : one)
    if (c == '\n') c = ' ';
  const auto read = read_otlp(one + "\n" + one + "\n", "spans.jsonl");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(*read, SizeIs(4));
}

TEST(Otlp, WhatIsNoTraceIsAnError) {
  for (const char* text : {"", "{}", "[]", "no JSON", R"({"resourceSpans": []})", R"({"resourceSpans": {"a": 1}})",
                           R"({"resourceSpans": [5, {"scopeSpans": 7}, {"scopeSpans": [{"spans": "x"}]}]})"})
    EXPECT_FALSE(read_otlp(text, "spans.json")) << text;
}

}  // namespace
}  // namespace perfwarden::ingest
