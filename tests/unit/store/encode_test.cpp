#include "store/encode.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "json/write.hpp"
#include "store/any_text.hpp"

namespace perfwarden::store {
namespace {

TEST(EncodeValues, KeepsEveryBitAndEveryPlace) {
  const std::vector<std::vector<double>> values{
      {0.1, -0.0, 1e308}, {}, {std::numeric_limits<double>::denorm_min()}, {}};
  const auto back = decode_values(encode_values(values));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, values);
  EXPECT_TRUE(std::signbit((*back)[0][1]));
  EXPECT_EQ(decode_values("")->size(), 0U);
}

TEST(EncodeValues, IsLittleEndianOnEveryMachine) {
  EXPECT_EQ(encode_values({{1.0}}), std::string("\x01\0\0\0\0\0\0\0\0\0\xF0\x3F", 12));
}

TEST(EncodeValues, RefusesDamagedBytes) {
  const std::string good = encode_values({{1, 2}});
  EXPECT_FALSE(decode_values(good.substr(0, good.size() - 1)).has_value());
  EXPECT_FALSE(decode_values(good + "x").has_value());
  EXPECT_FALSE(decode_values(std::string("\xFF\xFF\xFF\xFF", 4)).has_value());  // a count that would need 32 GiB
}

TEST(EncodeNumbers, AreJsonThatComesBackBitForBit) {
  EXPECT_EQ(encode_numbers({{0.1, -0.0, 1e308}, {}, {5e-324}}), "[[0.1,-0,1e+308],[],[5e-324]]");
  const std::vector<std::vector<double>> values{
      {0.1, 1.0 / 3, -0.0, 1e308}, {}, {std::numeric_limits<double>::denorm_min()}, {}};
  const auto back = decode_numbers(encode_numbers(values));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, values);
  EXPECT_TRUE(std::signbit((*back)[0][2]));
  EXPECT_EQ(decode_numbers("[]")->size(), 0U);
}

TEST(EncodeNumbers, KeepWhatIsNotFinite) {
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(encode_numbers({{infinite, -infinite, k_nan}}), "[[\"inf\",\"-inf\",null]]");
  const auto back = decode_numbers("[[\"inf\",\"-inf\",null]]");
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ((*back)[0][0], infinite);
  EXPECT_EQ((*back)[0][1], -infinite);
  EXPECT_TRUE(std::isnan((*back)[0][2]));
}

TEST(DecodeNumbers, RefuseDamagedText) {
  for (const char* bad :
       {"", "[", "[[1]", "[[1],]", "[[1,]]", "[1]", "[[1]]x", "[[x]]", "[[1e999]]", "[[nan]]", "[[1 ]]"})
    EXPECT_FALSE(decode_numbers(bad).has_value()) << bad;
}

TEST(AnyText, IsUtf8WithoutNulAndComesBack) {
  for (const std::string& text :
       {std::string("plain é 漢 🚀"), std::string("nul\0byte", 8), std::string("\xFF\xFE\xC0\x80"),
        std::string("\xF3\xB0\x80\x80 of ours"), std::string("cut \xF3\xB0"), std::string()}) {
    const std::string kept = as_utf8(text);
    EXPECT_EQ(from_utf8(kept), text);
    EXPECT_EQ(kept.find('\0'), std::string::npos);
    EXPECT_EQ(json::valid_utf8(kept), kept);
  }
  EXPECT_EQ(as_utf8("plain é"), "plain é");
}

TEST(MonthOf, IsOtherForWhatIsNoTime) {
  EXPECT_EQ(month_of("2026-11-20T10:00:00Z"), "2026-11");
  for (const char* bad : {"", "2026-11", "20261120T", "yesterday", "2026-1x-20"})
    EXPECT_EQ(month_of(bad), "other") << bad;
}

TEST(EncodeFacts, KeepsHostileTextAndOrder) {
  Machine machine;
  machine.facts = {{"cpu", "\"]],'; --"}, {"kernel", "6.1\n\x1b[31m"}};
  Machine back;
  decode_facts(encode_facts(machine), back);
  EXPECT_EQ(back.facts, machine.facts);
}

TEST(EncodeFacts, ReplacesWhatIsNotUtf8) {
  Machine machine;
  machine.facts = {{"cpu", "a\xFFz"}};
  Machine back;
  decode_facts(encode_facts(machine), back);
  EXPECT_EQ(back.facts[0].second, "a\xEF\xBF\xBDz");
}

TEST(DecodeWarnings, SkipsWhatIsNotOfTheForm) {
  EXPECT_TRUE(decode_warnings("").empty());
  EXPECT_TRUE(decode_warnings("{\"a\": 1}").empty());
  EXPECT_TRUE(decode_warnings("[[\"a\"").empty());
  const auto some = decode_warnings(R"([["few-samples", "has 4"], [1, 2], "x", ["a"]])");
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0].code, "few-samples");
  EXPECT_EQ(some[0].text, "has 4");
}

TEST(Describe, AreOfTheInvocationsMedians) {
  // Medians 1, 2, 3, 4 and one empty place; numpy.percentile gives 1.75, 2.5, 3.25.
  const Described q = describe({{1}, {}, {9, 1.5, 2}, {3, 3}, {2, 6}});
  EXPECT_EQ(q.n, 4U);
  EXPECT_DOUBLE_EQ(q.q1, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_DOUBLE_EQ(q.q3, 3.25);
  EXPECT_DOUBLE_EQ(q.coefficient_of_variation, std::sqrt(5.0 / 3) / 2.5);
  // numpy.percentile([1, 1.5, 2, 2, 3, 3, 6, 9], [95, 99])
  EXPECT_DOUBLE_EQ(q.p95, 7.95);
  EXPECT_DOUBLE_EQ(q.p99, 8.79);
}

TEST(Describe, OfNothingAreUnknown) {
  const Described q = describe({{}, {std::nan("")}});
  EXPECT_EQ(q.n, 0U);
  EXPECT_TRUE(std::isnan(q.median));
}

}  // namespace
}  // namespace perfwarden::store
