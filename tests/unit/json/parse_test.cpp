#include "json/parse.hpp"

#include <gmock/gmock.h>

#include <string>

namespace perfwarden::json {
namespace {

using testing::HasSubstr;

std::string said(std::string_view text, const ParseOptions& options = {}) {
  const auto value = parse(text, "f.json", options);
  return value ? "no error" : value.error().text();
}

TEST(Parse, GivesTheWholeTextAsOneValue) {
  const auto value = parse(" {\"a\": [1, true, null, \"\\u00e9\"]}\r\n", "f.json");
  ASSERT_TRUE(value) << value.error().text();
  EXPECT_EQ((*value)["a"][3], "\xC3\xA9");
  EXPECT_EQ(*parse("17"), 17);
  EXPECT_EQ(*parse("\"x\""), "x");
}

TEST(Parse, PassesOverAByteOrderMark) {
  EXPECT_EQ(parse("\xEF\xBB\xBF[1]")->size(), 1U);
}

TEST(Parse, NamesLineAndColumnOfWhatIsNotJson) {
  EXPECT_EQ(said("{\"a\": 1,\n \"b\": bad}"), "f.json:2:7: error: this is not JSON: unexpected 'bad}'");
  EXPECT_EQ(said("hello"), "f.json:1:1: error: this is not JSON: unexpected 'hello'");
  EXPECT_EQ(said("1 2"), "f.json:1:3: error: this is not JSON: unexpected '2'");
  EXPECT_EQ(said("[1]\n2"), "f.json:2:1: error: there is more text after the end of the JSON");
  EXPECT_THAT(said("[NaN]"), HasSubstr("f.json:1:2: error: this is not JSON"));
  EXPECT_THAT(said("[\"\xFF\"]"), HasSubstr("f.json:1:3: error: this is not JSON"));
}

TEST(Parse, SaysThatATextIsEmptyOrWasCutOff) {
  EXPECT_THAT(said(" \n"), HasSubstr("the text is empty"));
  for (const char* text : {"{\"a\": [1, 2", "{", "[[1]", "{\"a\"", "{\"a", "\"a", "-"})
    EXPECT_THAT(said(text), HasSubstr("the JSON ends in the middle")) << text;
  EXPECT_THAT(said("[\"a\n\"]"), HasSubstr("f.json:1:2: error: a JSON string has no closing quote"));
}

TEST(Parse, LimitsAreCheckedBeforeAnythingIsParsed) {
  EXPECT_EQ(said(std::string(64, '[') + std::string(64, ']')), "no error");
  EXPECT_THAT(said(std::string(1'000'000, '[')),
              HasSubstr("f.json:1:65: error: the JSON nests more than 64 levels deep"));
  EXPECT_EQ(said("[1, 2]", {.limits = {.values = 3}}), "no error") << "the array itself is one";
  EXPECT_THAT(said("[1, 2, oops", {.limits = {.values = 3}}), HasSubstr("the JSON ends in the middle"));
  EXPECT_THAT(said("[1, 2, oops]", {.limits = {.values = 3}}), HasSubstr("the JSON holds more than 3 values"));
  EXPECT_THAT(said(std::string((1U << 20U) + 1, ' '), {.limits = {.bytes = 1U << 20U}}),
              HasSubstr("f.json: error: the JSON has more than 1 MiB"));
}

TEST(Parse, BracketsAndCommasInStringsAreNotCounted) {
  EXPECT_EQ(said("[\"[[[,,,\\\"]]\"]", {.limits = {.depth = 1, .values = 2}}), "no error");
}

TEST(Parse, ANumberTooLargeForADoubleIsAnError) {
  EXPECT_THAT(said("[1e999]"), HasSubstr("a number in the JSON is too large"));
}

TEST(Parse, GivesTheCureWithEveryError) {
  for (const char* text : {"", "{", "oops", "[1e999]", "[] []", "[[]]"})
    EXPECT_THAT(said(text, {.hint = "write it again", .limits = {.depth = 1}}), HasSubstr("hint: write it again"))
        << text;
}

}  // namespace
}  // namespace perfwarden::json
