#include "dashboard/api/question.hpp"

#include <gtest/gtest.h>

namespace perfwarden::dashboard {
namespace {

TEST(Parameters, AreDecoded) {
  const auto found = read_parameters("q=is%3Aopen+suite:core&empty=&flag");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at("q"), "is:open suite:core");
  EXPECT_EQ(found->at("empty"), "");
  EXPECT_EQ(found->at("flag"), "");
}

TEST(Parameters, ThatAreDamagedOrThereTwiceAreRefused) {
  for (const char* text : {"q=%", "q=%4", "q=%zz", "%=1", "q=1&q=2"}) EXPECT_FALSE(read_parameters(text)) << text;
  std::string many;
  for (int i = 0; i < 40; ++i) many += "k" + std::to_string(i) + "=1&";
  EXPECT_FALSE(read_parameters(many));
}

TEST(Parameters, ComeBackFromTheirEncoding) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decoded(percent_encoded(all), true), all);
}

TEST(Question, NumbersAreWholeAndInRange) {
  Question question;
  question.parameters = {{"a", "12"}, {"b", "-1"}, {"c", "x"}, {"d", "99999999999999999999"}, {"e", ""}};
  EXPECT_EQ(*question.number("a", 5, 0, 100), 12);
  EXPECT_EQ(*question.number("e", 5, 0, 100), 5);
  EXPECT_EQ(*question.number("missing", 5, 0, 100), 5);
  for (const char* key : {"b", "c", "d"}) EXPECT_FALSE(question.number(key, 5, 0, 100)) << key;
}

}  // namespace
}  // namespace perfwarden::dashboard
