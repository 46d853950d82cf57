#include "json/path.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace perfwarden::json {
namespace {

nlohmann::json value_of(std::string_view text) {
  return parse(text).value();
}

TEST(Path, FindsAValueByItsKeys) {
  const auto value = value_of(R"({"head": {"sha": "abc", "id": 7}})");
  ASSERT_NE(at(value, {"head", "sha"}), nullptr);
  EXPECT_EQ(*at(value, {"head", "sha"}), "abc");
  EXPECT_EQ(at(value, {}), &value);
  EXPECT_EQ(at(value, {"head", "sha", "x"}), nullptr) << "a string has no members";
  EXPECT_EQ(at(value, {"base"}), nullptr);
  EXPECT_EQ(string_at(value, {"head", "sha"}), "abc");
  EXPECT_EQ(integer_at(value, {"head", "id"}), 7);
}

TEST(Path, WhatIsOfAnotherTypeReadsAsNothing) {
  const auto value = value_of(R"({"s": 1, "i": "1", "f": 1.5, "big": 18446744073709551615, "neg": -3})");
  EXPECT_EQ(string_at(value, {"s"}), "");
  EXPECT_EQ(integer_at(value, {"i"}), 0);
  EXPECT_EQ(integer_at(value, {"f"}), 0);
  EXPECT_EQ(integer_at(value, {"big"}), 0) << "it does not fit";
  EXPECT_EQ(integer_at(value, {"neg"}), -3);
  EXPECT_TRUE(member(value, "none").is_null());
  EXPECT_TRUE(member(value_of("[1]"), "none").is_null());
  EXPECT_EQ(text_of(value["s"]), "");
  EXPECT_EQ(text_of(value["i"]), "1");
}

TEST(Path, NumbersAreFiniteAndIndexesLieWithin) {
  const auto value = value_of("[1.5, 3, -1, 9007199254740993, \"3\", null]");
  EXPECT_EQ(number_of(value[0]), 1.5);
  EXPECT_EQ(number_of(value[4]), std::nullopt);
  EXPECT_EQ(number_of(nlohmann::json(1e308 * 10)), std::nullopt);
  EXPECT_EQ(whole_number_of(value[0]), std::nullopt);
  EXPECT_EQ(whole_number_of(value[1]), 3);
  EXPECT_EQ(whole_number_of(nlohmann::json(1e17)), std::nullopt) << "beyond 2^53 a double is not exact";
  EXPECT_EQ(index_of(value[1], 4), 3U);
  EXPECT_EQ(index_of(value[1], 3), std::nullopt);
  EXPECT_EQ(index_of(value[2], 4), std::nullopt);
  EXPECT_EQ(index_of(value[5], 4), std::nullopt);
}

}  // namespace
}  // namespace perfwarden::json
