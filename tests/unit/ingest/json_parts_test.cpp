#include "ingest/json_parts.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "ingest/json_stream.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> paths(const Outline& outline) {
  std::vector<std::string> out;
  for (const Outline::Member& member : outline.members()) out.push_back(member.path);
  return out;
}

TEST(Outline, ListsKeysDownToThreeLevelsWithAStarForElements) {
  const Outline outline(R"( {"a": [{"b": {"c": 1, "d": {"deep": 1}}}, {"b": 2}], "e": "x,y:{"})");
  EXPECT_EQ(outline.root(), '{');
  EXPECT_THAT(paths(outline), ElementsAre("a", "a/*/b", "a/*/b/c", "a/*/b/d", "a/*/b", "e"));
  EXPECT_TRUE(outline.has("a/*/b/d"));
  EXPECT_FALSE(outline.has("a/*/b/d/deep"));
  EXPECT_EQ(outline.members().front().opening, '[');
  EXPECT_EQ(outline.members().back().depth, 1U);
}

TEST(Outline, OfAnArrayBeginsWithAStar) {
  const Outline outline("\xEF\xBB\xBF[{\"a\": 1}, [{\"b\": 2}]]");
  EXPECT_EQ(outline.root(), '[');
  EXPECT_THAT(paths(outline), ElementsAre("*/a", "*/*/b"));
}

TEST(Outline, EndsWithTheFirstValueAndSurvivesACutOff) {
  EXPECT_THAT(paths(Outline("{\"a\": 1} {\"b\": 2}")), ElementsAre("a"));
  EXPECT_THAT(paths(Outline("{\"a\": {\"b\"")), ElementsAre("a", "a/b"));
  EXPECT_THAT(paths(Outline("{\"a\\\"b\": \"c\\")), ElementsAre("a\\\"b"));
  EXPECT_EQ(Outline("text {\"a\": 1}").root(), '\0');
  EXPECT_EQ(Outline("").root(), '\0');
  EXPECT_EQ(Outline("{}]").root(), '{');
}

TEST(JsonParts, SpellScalarsAsJsonWould) {
  const auto tree = json::Tree::read(R"(["x", 12, 0.5, true, false, null, NaN, [1], {}])", "t", {});
  ASSERT_TRUE(tree);
  std::vector<std::string> spelled;
  tree->root().each([&](const json::Node& node) { spelled.push_back(scalar_text(node)); });
  EXPECT_THAT(spelled, ElementsAre("x", "12", "0.5", "true", "false", "null", "NaN", "", ""));
}

// What for_each_json found: the first number of each value, and its line.
std::string streamed(const std::string& text, std::vector<std::string>* notes = nullptr) {
  const Document document{text, "out.txt", nullptr, nullptr, ""};
  Table table(document);
  std::string out;
  const Status status = for_each_json(text, "out.txt", 1, table, [&](const json::Node& value) {
    out += std::to_string(static_cast<int>(number_of(value, "n", -1))) + "@" + std::to_string(value.line()) + " ";
    return table.add(value.line(), "b", wall_time(), "s", 1);
  });
  EXPECT_TRUE(status);
  const Result<Reading> reading = table.finish("nothing", "");
  if (notes != nullptr && reading) *notes = texts(reading->warnings);
  return out;
}

TEST(JsonStream, FindsValuesAmongOtherLines) {
  EXPECT_EQ(streamed("   Compiling x\n{\"n\": 1}\n warning {\"n\": 9}\n  {\"n\":\n 2}\n[]\n{\"n\": 3}"),
            "1@2 2@4 -1@6 3@7 ");
}

TEST(JsonStream, LeavesOutWhatIsNoJsonAndGoesOn) {
  std::vector<std::string> notes;
  EXPECT_EQ(streamed("{\"n\": 1}\n{\"n\": }\n{\"n\": 3}\n", &notes), "1@1 3@3 ");
  EXPECT_THAT(notes, ElementsAre(HasSubstr("bad-record: out.txt:2: this is not JSON")));
}

TEST(JsonStream, GivesUpOnATextOfBrokenValuesBeforeItBecomesSlow) {
  std::string text = "{\"n\": 1}\n";
  for (int i = 0; i < 200'000; ++i) text += "{\n";
  EXPECT_EQ(streamed(text), "1@1 ");
}

TEST(JsonTree, ReadsManyValuesOfOneTextInOnePass) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "{\"n\": 1}\n";
  std::size_t from = 0;
  int line = 1;
  int count = 0;
  while (from < text.size()) {  // quadratic, this would copy four gigabytes
    const auto tree = json::Tree::read(text, "t", {.from = from, .line = line, .trailing_text = true});
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->root().line(), ++count);
    from = tree->end() + 1;
    line = tree->end_line() + 1;
  }
  EXPECT_EQ(count, 20'000);
}

}  // namespace
}  // namespace perfwarden::ingest
