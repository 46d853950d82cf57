#include "store/encode.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

TEST(Quartiles, AreOfTheInvocationsMedians) {
  // Medians 1, 2, 3, 4 and one empty place; numpy.percentile gives 1.75, 2.5, 3.25.
  const Quartiles q = quartiles({{1}, {}, {9, 1.5, 2}, {3, 3}, {2, 6}});
  EXPECT_EQ(q.n, 4U);
  EXPECT_DOUBLE_EQ(q.q1, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_DOUBLE_EQ(q.q3, 3.25);
}

TEST(Quartiles, OfNothingAreUnknown) {
  const Quartiles q = quartiles({{}, {std::nan("")}});
  EXPECT_EQ(q.n, 0U);
  EXPECT_TRUE(std::isnan(q.median));
}

}  // namespace
}  // namespace perfwarden::store
