#include "app/history/owners.hpp"

#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

std::vector<std::string> owners(const char* text, std::vector<std::string> files) {
  return owners_of(text, files);
}

TEST(OwnersOf, TheLastPatternThatMatchesCounts) {
  const char* const text = "# who\n* @all\n/src/ @src  # a comment\nsrc/parser/ @parser @ada\n*.md\n";
  EXPECT_EQ(owners(text, {"src/parser/lexer.cpp"}), (std::vector<std::string>{"@ada", "@parser"}));
  EXPECT_EQ(owners(text, {"src/a.cpp"}), (std::vector<std::string>{"@src"}));
  EXPECT_EQ(owners(text, {"tests/a.cpp"}), (std::vector<std::string>{"@all"}));
  EXPECT_TRUE(owners(text, {"src/README.md"}).empty()) << "a pattern without owners";
}

TEST(OwnersOf, ThoseWithMoreFilesComeFirst) {
  EXPECT_EQ(owners("*.c @c\n*.h @h\n", {"a.h", "b.c", "x/c.c"}), (std::vector<std::string>{"@c", "@h"}));
}

TEST(OwnersOf, NamesWithoutAFolderMatchAnywhereAndOthersFromTheTop) {
  EXPECT_EQ(owners("docs @docs\n", {"lib/docs/a.txt"}).size(), 1U);
  EXPECT_EQ(owners("/docs @docs\n", {"lib/docs/a.txt"}).size(), 0U);
  EXPECT_EQ(owners("lib/docs @docs\n", {"x/lib/docs/a.txt"}).size(), 0U);
}

TEST(OwnersOf, SurvivesWhatIsNoSuchFile) {
  EXPECT_TRUE(owners("", {"a"}).empty());
  EXPECT_TRUE(owners("\n\n#\n/\n  \t\n", {"a"}).empty());
}

}  // namespace
}  // namespace perfwarden::app
