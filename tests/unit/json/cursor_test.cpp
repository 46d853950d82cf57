#include "json/cursor.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "json/parse.hpp"

namespace perfwarden {

enum class Fruit { apple, pear };
template <>
inline constexpr Names<Fruit, 2> k_names<Fruit>{{{"apple", Fruit::apple}, {"pear", Fruit::pear}}};

namespace json {
namespace {

using testing::ElementsAre;

// The first thing that is not as `read` expects, as "place: what"; empty when all is.
template <class Read>
std::string problem_of(std::string_view text, Read read) {
  const nlohmann::json value = parse(text).value();
  Cursor::Problem problem;
  read(Cursor(value, "", problem));
  return problem.what.empty() ? "" : problem.place + ": " + problem.what;
}

TEST(Cursor, ReadsWhatIsExpected) {
  EXPECT_EQ(problem_of(R"({"t": "x", "n": -1.5, "f": true, "s": 3, "i": -4, "e": "pear", "null": null})",
                       [](const Cursor& at) {
                         EXPECT_EQ(at["t"].text(), "x");
                         EXPECT_EQ(at["n"].number(), -1.5);
                         EXPECT_TRUE(std::isnan(at["null"].number()));
                         EXPECT_TRUE(at["f"].flag());
                         EXPECT_EQ(at["s"].size(), 3U);
                         EXPECT_EQ(at["i"].integer(), -4);
                         EXPECT_EQ(at["e"].one_of<Fruit>(), Fruit::pear);
                         EXPECT_TRUE(at["null"].is_null());
                         EXPECT_TRUE(at.has("t"));
                         EXPECT_FALSE(at.has("u"));
                       }),
            "");
}

TEST(Cursor, KeepsTheFirstProblemWithItsPlace) {
  EXPECT_EQ(problem_of(R"({"a": {"b": [1, "x"]}})",
                       [](const Cursor& at) {
                         at["a"]["b"].each(10, [](const Cursor& item) { (void)item.number(); });
                         (void)at["a"].text();
                       }),
            "/a/b/1: expected a number, null, \"inf\" or \"-inf\", found string");
}

TEST(Cursor, ReadingGoesOnWithDefaultsAfterAProblem) {
  EXPECT_EQ(problem_of("[]",
                       [](const Cursor& at) {
                         EXPECT_EQ(at["a"].text(), "");
                         EXPECT_EQ(at["a"]["b"].size(), 0U);
                         EXPECT_EQ(at["c"].one_of<Fruit>(), Fruit::apple);
                         EXPECT_FALSE(at["d"].flag());
                         EXPECT_TRUE(at.failed());
                       }),
            "/: expected an object, found array");
}

TEST(Cursor, NamesWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {problem_of("{}", [](const Cursor& at) { (void)at["a"].text(); }), "/a: missing"},
      {problem_of("1", [](const Cursor& at) { (void)at.text(); }), "/: expected a string, found number"},
      {problem_of("1", [](const Cursor& at) { (void)at.flag(); }), "/: expected true or false, found number"},
      {problem_of("-1", [](const Cursor& at) { (void)at.size(); }),
       "/: expected a whole number from 0 up, found number"},
      {problem_of("1.5", [](const Cursor& at) { (void)at.integer(); }), "/: expected a whole number, found number"},
      {problem_of("18446744073709551615", [](const Cursor& at) { (void)at.integer(); }),
       "/: a whole number that is too large"},
      {problem_of("\"plum\"", [](const Cursor& at) { (void)at.one_of<Fruit>(); }), "/: unknown value 'plum'"},
      {problem_of("{}", [](const Cursor& at) { at.each(1, [](const Cursor&) {}); }),
       "/: expected an array, found object"},
      {problem_of("[1,2]", [](const Cursor& at) { at.each(1, [](const Cursor&) {}); }), "/: more than 1 items"},
      {problem_of("{\"a\":1,\"b\":2}",
                  [](const Cursor& at) { at.each_member(1, [](const std::string&, const Cursor&) {}); }),
       "/: more than 1 members"},
  };
  for (const auto& [said, expected] : cases) EXPECT_EQ(said, expected);
}

TEST(Cursor, PlacesOfHostileNamesAreEscapedAndShort) {
  const std::string name = "a/b~c\\u001b" + std::string(1000, 'x');
  const std::string said = problem_of("{\"" + name + "\": 1}", [](const Cursor& at) {
    at.each_member(1, [](const std::string&, const Cursor& item) { (void)item.text(); });
  });
  EXPECT_TRUE(said.starts_with("/a~1b~0c")) << said;
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
  EXPECT_LT(said.size(), 120U);
}

TEST(Cursor, AStringLongerThanAMebibyteIsAProblem) {
  EXPECT_EQ(problem_of("\"" + std::string((1U << 20U) + 1, 'x') + "\"", [](const Cursor& at) { (void)at.text(); }),
            "/: a string longer than 1024 KiB");
}

TEST(Cursor, GoesThroughMembersInTheirOrder) {
  std::vector<std::string> names;
  EXPECT_EQ(problem_of(R"({"a": 1, "b": 2})",
                       [&](const Cursor& at) {
                         at.each_member(2, [&](const std::string& name, const Cursor&) { names.push_back(name); });
                       }),
            "");
  EXPECT_THAT(names, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace json
}  // namespace perfwarden
