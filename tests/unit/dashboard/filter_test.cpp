#include "dashboard/api/filter.hpp"

#include <gtest/gtest.h>

namespace perfwarden::dashboard {
namespace {

std::string told(std::string_view query) {
  std::string out;
  for (const Term& term : read_filter(query))
    out += (out.empty() ? "" : " | ") + std::string(term.negated ? "not " : "") +
           (term.key.empty() ? "" : term.key + "=") + term.value;
  return out;
}

TEST(Filter, WordsHaveKeysSignsAndQuotes) {
  EXPECT_EQ(told("is:open suite:core owner:@x parse"), "is=open | suite=core | owner=@x | parse");
  EXPECT_EQ(told("-metric:max_rss -cold"), "not metric=max_rss | not cold");
  EXPECT_EQ(told("benchmark:\"a b\" \"c:d e\""), "benchmark=a b | c:d e");
  EXPECT_EQ(told("  \t IS:Open  "), "is=Open");
  EXPECT_EQ(told(""), "");
}

TEST(Filter, DamagedQueriesMeanSomething) {
  EXPECT_EQ(told("- : -: \"open"), "- | : | not : | open");
  EXPECT_EQ(told("time:12:30"), "time=12:30");
}

TEST(Filter, AValueOccursOrIsAGlobOfTheWhole) {
  EXPECT_TRUE((Term{"", "PARSE", false}.matches("core/parse/large")));
  EXPECT_FALSE((Term{"", "parse*", false}.matches("core/parse")));
  EXPECT_TRUE((Term{"", "core/*", false}.matches("core/parse")));
}

TEST(Filter, AnUnknownKeyIsToldWithTheNearestOne) {
  EXPECT_EQ(problems_of(read_filter("ownr:@x is:open"), {"is", "owner"}),
            (std::vector<std::string>{"'ownr' is not a key of the query; did you mean 'owner'?"}));
}

}  // namespace
}  // namespace perfwarden::dashboard
