#include "config/words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perfwarden::config {
namespace {

using List = std::vector<std::string>;

List words_of(std::string_view line) {
  const Words words = split_words(line);
  EXPECT_FALSE(words.fault) << line << ": " << words.fault->what;
  return words.words;
}

Words::Fault word_fault(std::string_view line) {
  const Words words = split_words(line);
  EXPECT_TRUE(words.fault) << line;
  return words.fault.value_or(Words::Fault{});
}

TEST(Words, WhiteSpaceParts) {
  EXPECT_EQ(words_of("  ./bench  --size\t3 "), (List{"./bench", "--size", "3"}));
  EXPECT_EQ(words_of(""), List{});
}

TEST(Words, QuotesJoinAndProtect) {
  EXPECT_EQ(words_of("a 'b c' d\"e f\"g"), (List{"a", "b c", "de fg"}));
  EXPECT_EQ(words_of("a '' \"\""), (List{"a", "", ""}));
  EXPECT_EQ(words_of("a 'x|y>$z*`;&~#'"), (List{"a", "x|y>$z*`;&~#"}));
  EXPECT_EQ(words_of("a \"x|y>z*;&\""), (List{"a", "x|y>z*;&"}));
}

TEST(Words, BackslashFollowsPosixInsideAndOutsideOfQuotes) {
  EXPECT_EQ(words_of("a\\ b \\| \\$x"), (List{"a b", "|", "$x"}));
  EXPECT_EQ(words_of(R"(x "a\"b\\c\$d\n")"), (List{"x", R"(a"b\c$d\n)"}));
  EXPECT_EQ(words_of(R"(x 'a\b')"), (List{"x", R"(a\b)"}));
  EXPECT_EQ(words_of("x a\\\nb"), (List{"x", "ab"}));
}

TEST(Words, CharactersThatAreNotShellSyntaxStay) {
  EXPECT_EQ(words_of("./b --f={case} a#b x~ [1] (y) a=b http://h/?q"),
            (List{"./b", "--f={case}", "a#b", "x~", "[1]", "(y)", "a=b", "http://h/?q"}));
}

TEST(Words, ShellSyntaxIsAFaultAtItsPlace) {
  for (const std::string_view sign : {"|", "&", ";", "<", ">", "$", "`", "*"}) {
    const Words::Fault fault = word_fault("ab " + std::string(sign) + " c");
    EXPECT_EQ(fault.offset, 3U) << sign;
    EXPECT_NE(fault.what.find("'" + std::string(sign) + "'"), std::string::npos) << fault.what;
    EXPECT_NE(fault.cure.find("shell: true"), std::string::npos);
  }
  EXPECT_EQ(word_fault("a && b").width, 2U);
  EXPECT_EQ(word_fault("a \"$HOME\"").offset, 3U);
  EXPECT_EQ(word_fault("~/x").offset, 0U);
  EXPECT_EQ(word_fault("a #b").offset, 2U);
  EXPECT_EQ(word_fault("a\nb").what.substr(0, 12), "a line break");
}

TEST(Words, ATrailingLineBreakIsNoSecondLine) {
  EXPECT_EQ(words_of("./bench\n"), List{"./bench"});
}

TEST(Words, AVariableBeforeTheProgramIsAFaultThatNamesEnv) {
  EXPECT_NE(word_fault("A_1=2 ./b").cure.find("env: { A_1:"), std::string::npos);
  EXPECT_EQ(word_fault("A='x y' ./b").width, 7U);
  EXPECT_EQ(words_of("'A=1' b"), (List{"A=1", "b"}));
  EXPECT_EQ(words_of("./b A=2"), (List{"./b", "A=2"}));
  EXPECT_EQ(words_of("./a=b"), List{"./a=b"});
}

TEST(Words, WhatIsNeverClosedIsAFault) {
  EXPECT_EQ(word_fault("a 'b").offset, 2U);
  EXPECT_EQ(word_fault("a \"b\\\"").offset, 2U);
  EXPECT_EQ(word_fault("a b\\").offset, 3U);
}

TEST(Words, JoinedWordsReadBackEqual) {
  for (const List& list :
       {List{"./b", "--a=1", "x y", "", "it's", "$x|*", "~", "#", "é", "a\nb"}, List{"A=1", "b"}, List{"shell:", "x"}})
    EXPECT_EQ(words_of(join_words(list)), list) << join_words(list);
  EXPECT_EQ(join_words({"./b", "--a=1"}), "./b --a=1");
}

}  // namespace
}  // namespace perfwarden::config
