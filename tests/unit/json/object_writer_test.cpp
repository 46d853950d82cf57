#include "json/object_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace perfwarden::json {
namespace {

constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double k_infinite = std::numeric_limits<double>::infinity();

template <class Fill>
std::string written(Fill fill) {
  std::string out;
  {
    ObjectWriter writer(out);
    fill(writer);
  }
  return out;
}

TEST(ObjectWriter, WritesNestedMembersInTheirOrder) {
  const std::array<std::string, 2> items{"a", "b"};
  EXPECT_EQ(written([&](ObjectWriter& out) {
              out.text("z", "text");
              out.whole("n", 7);
              out.flag("yes", true);
              out.null("none");
              out.object("in", [](ObjectWriter& in) { in.flag("no", false); });
              out.objects("list", items, [](ObjectWriter& in, const std::string& item) { in.text("item", item); });
            }),
            R"({"z":"text","n":7,"yes":true,"none":null,"in":{"no":false},"list":[{"item":"a"},{"item":"b"}]})");
  EXPECT_EQ(written([](ObjectWriter&) {}), "{}");
}

TEST(ObjectWriter, WritesNumbersAsATreeWould) {
  for (const double value : {0.0, -0.0, 1.0, 100.0, 0.1, 1e-5, -3.25e300, 5e-324, 1.0 / 3, 123456789012345680.0, k_nan,
                             k_infinite, -k_infinite}) {
    EXPECT_EQ(written([&](ObjectWriter& out) { out.number("v", value); }),
              dump(nlohmann::ordered_json{{"v", number(value)}}));
    EXPECT_EQ(written([&](ObjectWriter& out) { out.exact("v", value); }),
              dump(nlohmann::ordered_json{{"v", exact_number(value)}}));
  }
  const std::array values{1.5, k_nan, k_infinite};
  EXPECT_EQ(written([&](ObjectWriter& out) { out.numbers("v", values); }), R"({"v":[1.5,null,null]})");
  EXPECT_EQ(written([&](ObjectWriter& out) { out.exact("v", values); }), R"({"v":[1.5,null,"inf"]})");
}

TEST(ObjectWriter, WritesHostileTextAsATreeWould) {
  for (const std::string text : {"", "plain", "\"quoted\" \\ and \n", "caf\u00e9", "\xff\xfe", "\x7f", "\x01", "a\0b"})
    EXPECT_EQ(written([&](ObjectWriter& out) { out.text("t", text); }), dump(nlohmann::ordered_json{{"t", text}}));
}

TEST(ObjectWriter, ItsTextIsReadBackInOrder) {
  EXPECT_EQ(dump(ordered(R"({"b":1,"a":[2.5]})")), R"({"b":1,"a":[2.5]})");
}

}  // namespace
}  // namespace perfwarden::json
