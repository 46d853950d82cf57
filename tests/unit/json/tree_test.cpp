#include "json/tree.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

namespace perfwarden::json {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Tree> read_tree(std::string_view text, const Tree::Options& options = {}) {
  return Tree::read(text, "f.json", options);
}

TEST(Tree, KeepsValuesInOrderWithTheirLines) {
  const auto tree = read_tree("{\n \"a\": 1.5,\n \"b\": [true, null,\n  \"x\\n\\u00e9\"],\n \"c\": {}}");
  ASSERT_TRUE(tree);
  const Node root = tree->root();
  EXPECT_EQ(root.line(), 1);
  EXPECT_EQ(root.find("a")->number(), 1.5);
  EXPECT_EQ(root.find("a")->line(), 2);
  std::vector<Kind> kinds;
  root.find("b")->each([&](const Node& node) { kinds.push_back(node.kind()); });
  EXPECT_THAT(kinds, ElementsAre(Kind::boolean, Kind::null, Kind::string));
  std::vector<std::string> keys;
  root.each_member([&](std::string_view key, const Node&) { keys.emplace_back(key); });
  EXPECT_THAT(keys, ElementsAre("a", "b", "c"));
  root.find("b")->each([](const Node& node) {
    if (node.is(Kind::string)) {
      EXPECT_EQ(node.text(), "x\n\xC3\xA9");
      EXPECT_EQ(node.line(), 4);
    }
  });
  EXPECT_FALSE(root.find("d"));
  EXPECT_FALSE(root.find("a")->find("a"));
  EXPECT_TRUE(std::isnan(root.find("b")->number()));
  EXPECT_EQ(root.find("a")->text(), "");
}

TEST(Tree, KeepsBareNonFiniteTokensWithTheirSpelling) {
  const auto tree =
      read_tree("[NaN, -nan, Infinity, -Infinity, inf, -nan(ind), 1e999, -1E+400, \"NaN\", \"N\", 1e-999, 3]");
  ASSERT_TRUE(tree) << tree.error().text();
  std::vector<std::string> spelled;
  std::vector<Kind> kinds;
  tree->root().each([&](const Node& node) {
    kinds.push_back(node.kind());
    if (node.is(Kind::non_finite)) spelled.emplace_back(node.text());
  });
  EXPECT_THAT(spelled, ElementsAre("NaN", "-nan", "Infinity", "-Infinity", "inf", "-nan(ind)", "1e999", "-1E+400"));
  EXPECT_EQ(kinds[8], Kind::string);
  EXPECT_EQ(kinds[9], Kind::string);
  EXPECT_EQ(kinds[10], Kind::number);  // underflow is zero
  EXPECT_EQ(kinds[11], Kind::number);
}

TEST(Tree, ANumberOf400DigitsIsNotFinite) {
  const auto tree = read_tree("[1" + std::string(400, '0') + "]");
  ASSERT_TRUE(tree);
  tree->root().each([](const Node& node) { EXPECT_EQ(node.kind(), Kind::non_finite); });
}

TEST(Tree, TellsLineAndColumnOfWhatIsNoJson) {
  const auto tree = read_tree("{\"a\": 1,\n \"b\": bad}");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().kind, ErrorKind::parse);
  EXPECT_EQ(tree.error().where, "f.json:2:7");
  EXPECT_THAT(tree.error().what, HasSubstr("unexpected"));
}

TEST(Tree, SaysThatATextWasCutOff) {
  for (const char* text : {"{\"a\": [1, 2", "{", "[[1]", "{\"a\"", "{\"a"}) {
    const auto tree = read_tree(text);
    ASSERT_FALSE(tree) << text;
    EXPECT_THAT(tree.error().what, HasSubstr("cut off")) << text;
  }
  const auto tree = read_tree("{\"a\n\": 1}");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().what, "a JSON string has no closing quote");
  EXPECT_EQ(tree.error().where, "f.json:1:2");
}

TEST(Tree, BoundsTheDepth) {
  EXPECT_TRUE(read_tree(std::string(64, '[') + std::string(64, ']')));
  const auto tree = read_tree(std::string(65, '[') + std::string(65, ']'));
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().what, "the JSON nests more than 64 levels deep");
  EXPECT_EQ(tree.error().where, "f.json:1:65");
}

TEST(Tree, RefusesARepeatedKeyUnlessAsked) {
  const std::string text = "{\"a\": {\"x\": 1, \"y\": 2,\n \"x\": 3}}";
  const auto strict = read_tree(text);
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().where, "f.json:2");
  EXPECT_EQ(strict.error().what, "the key 'x' occurs twice in one object");
  const auto lenient = read_tree(text, {.repeated_keys = true});
  ASSERT_TRUE(lenient);
  ASSERT_EQ(lenient->repeated().size(), 1U);
  EXPECT_EQ(lenient->repeated()[0].line, 2);
  EXPECT_EQ(lenient->root().find("a")->find("x")->number(), 1);
}

TEST(Tree, RefusesOrAllowsTextBehindTheValue) {
  const std::string text = "{\"a\": 1}\nbye {";
  const auto strict = read_tree(text);
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().where, "f.json:2:1");
  const auto lenient = read_tree(text, {.trailing_text = true});
  ASSERT_TRUE(lenient);
  EXPECT_EQ(text.substr(lenient->end()), "\nbye {");
}

TEST(Tree, StartsWhereItIsToldAndCountsLinesOfTheWholeText) {
  const std::string text = "log\nlog {\n{\"context\": {\"a\":\n NaN}} x";
  const auto at = find_object(text, "context");
  ASSERT_TRUE(at);
  const auto tree = read_tree(text, {.from = *at, .trailing_text = true});
  ASSERT_TRUE(tree) << tree.error().text();
  EXPECT_EQ(tree->root().find("context")->find("a")->line(), 4);
  EXPECT_EQ(tree->root().find("context")->find("a")->text(), "NaN");
}

TEST(Tree, TakesAByteOrderMarkAndRefusesBrokenUtf8) {
  EXPECT_TRUE(read_tree("\xEF\xBB\xBF[1]"));
  EXPECT_FALSE(read_tree("[\"\xFF\"]"));
  EXPECT_FALSE(read_tree("[\"\x01\"]"));
}

TEST(Tree, FindsNoObjectWhereTheKeyIsNotFirst) {
  EXPECT_FALSE(find_object("{\"a\": 1, \"context\": 2}", "context"));
  EXPECT_FALSE(find_object("\"context\"", "context"));
  EXPECT_EQ(find_object("{ \n\t\"context\"", "context"), 0U);
}

TEST(Tree, MoreValuesThanTheLimitAreRefusedWithACure) {
  EXPECT_TRUE(read_tree("[1, 2]", {.most_values = 3})) << "the array itself is one";
  const auto tree = read_tree("[1, 2, 3]", {.hint = "give the harness's file", .most_values = 3});
  ASSERT_FALSE(tree);
  EXPECT_THAT(tree.error().what, HasSubstr("the JSON holds more than 3 values"));
  EXPECT_THAT(tree.error().hint, HasSubstr("split the suite"));
}

}  // namespace
}  // namespace perfwarden::json
