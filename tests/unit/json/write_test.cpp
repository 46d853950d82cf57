#include "json/write.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "json/cursor.hpp"

namespace perfwarden::json {
namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr double k_not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST(Write, OneLineOrIndentedWithAFinalNewline) {
  const nlohmann::ordered_json value{{"b", 1}, {"a", {2}}};
  EXPECT_EQ(dump(value), R"({"b":1,"a":[2]})");
  EXPECT_EQ(pretty(value), "{\n  \"b\": 1,\n  \"a\": [\n    2\n  ]\n}\n");
  EXPECT_EQ(pretty(nlohmann::json{{"a", 1}}, 1), "{\n \"a\": 1\n}\n");
}

TEST(Write, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(dump(nlohmann::json("a\xFF")), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(pretty(nlohmann::ordered_json("\xC3")), "\"\xEF\xBF\xBD\"\n");
  EXPECT_EQ(quoted("\xFF\"\n"), "\"\xEF\xBF\xBD\\\"\\n\"");
  EXPECT_EQ(valid_utf8("\xC3\xA9 \xC3\"\n"), "\xC3\xA9 \xEF\xBF\xBD\"\n");
}

TEST(Write, WhatIsNotFiniteIsNullOrAWordThatReadsBack) {
  EXPECT_EQ(number(1.5), 1.5);
  EXPECT_TRUE(number(k_infinity).is_null());
  EXPECT_TRUE(number(k_not_a_number).is_null());
  Cursor::Problem problem;
  for (const double value : {0.0, -2.5, 1e-300, k_infinity, -k_infinity}) {
    const nlohmann::json written = nlohmann::json::parse(dump(exact_number(value)));
    EXPECT_EQ(Cursor(written, "", problem).number(), value);
  }
  const nlohmann::json unknown = exact_number(k_not_a_number);
  EXPECT_TRUE(std::isnan(Cursor(unknown, "", problem).number()));
  EXPECT_EQ(problem.what, "");
}

}  // namespace
}  // namespace perfwarden::json
