#include "config/patterns.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace perfwarden::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* k_one = R"(version: 1
patterns:
  - id: my-lock
    category: lock
    languages: [c++]
    match: '^Registry::lock$'
    where: leaf
    min-share: 3%
    min-delta: 0.5%
    severity: alert
    advice: Use the lock-free reader.
    matches: ['Registry::lock']
    spares: ['Registry::locked']
)";

std::string fault_of(const std::string& yaml) {
  const auto read = read_patterns(yaml, "patterns.yml");
  return read ? "no fault" : read.error().text();
}

TEST(Patterns, ARuleIsReadWhole) {
  const auto read = read_patterns(k_one, "own.yml");
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), 1U);
  const Pattern& rule = read->front();
  EXPECT_EQ(rule.id, "my-lock");
  EXPECT_EQ(rule.category, "lock");
  EXPECT_THAT(rule.languages, ElementsAre("c++"));
  EXPECT_EQ(rule.match, "^Registry::lock$");
  EXPECT_EQ(rule.where, Pattern::Where::leaf);
  EXPECT_DOUBLE_EQ(rule.min_share, 0.03);
  EXPECT_DOUBLE_EQ(rule.min_delta, 0.005);
  EXPECT_EQ(rule.severity, PatternSeverity::alert);
  EXPECT_EQ(rule.advice, "Use the lock-free reader.");
  EXPECT_FALSE(rule.unfair);
  EXPECT_THAT(rule.matches, ElementsAre("Registry::lock"));
  EXPECT_THAT(rule.spares, ElementsAre("Registry::locked"));
  EXPECT_EQ(rule.position.text(), "own.yml:3:5");
}

TEST(Patterns, EveryFaultIsToldWithItsPlace) {
  const std::string fault = fault_of(
      "version: 1\npatterns:\n  - id: A b\n    category: x\n    match: y\n    advice: z\n    min-share: 5\n    wher: "
      "leaf\n"
      "  - category: lock\n    match: y\n");
  EXPECT_THAT(fault,
              AllOf(HasSubstr("patterns.yml:3:9"), HasSubstr("'A b' is not a valid id"), HasSubstr("patterns.yml:7:16"),
                    HasSubstr("did you mean 5%?"), HasSubstr("did you mean 'where'?")));
  EXPECT_THAT(fault, AllOf(HasSubstr("a pattern has no 'id'"), HasSubstr("has no 'advice'")));
}

TEST(Patterns, AFileThatIsNoneSaysWhatToWrite) {
  EXPECT_THAT(fault_of(""), HasSubstr("begin with version: 1"));
  EXPECT_THAT(fault_of("- a"), HasSubstr("a file of patterns is a mapping, not a list"));
  EXPECT_THAT(fault_of("version: 2\npatterns: []"), HasSubstr("'version' must be 1"));
  EXPECT_THAT(fault_of("version: 1"), HasSubstr("'patterns' is missing"));
  EXPECT_THAT(fault_of("version: 1\npatterns: 5"), HasSubstr("'patterns' must be a list, not the number 5"));
  EXPECT_THAT(fault_of("version: 1\npatterns: [1, [2]]"), HasSubstr("patterns.yml:2:12"));
  EXPECT_THAT(fault_of("version: 1\npatterns: [\x01"), HasSubstr("patterns.yml:2"));
  EXPECT_THAT(fault_of(std::string(std::size_t{2} << 20, ' ')), HasSubstr("larger than 1 MiB"));
}

TEST(Patterns, OneIdStandsForOneRule) {
  EXPECT_THAT(fault_of(std::string(k_one) + "  - { id: my-lock, category: x, match: y, advice: z }\n"),
              HasSubstr("the id 'my-lock' is given twice"));
}

TEST(Patterns, AnOwnRuleReplacesTurnsOffOrAdds) {
  const auto shipped = shipped_patterns();
  ASSERT_TRUE(shipped) << shipped.error().text();
  const auto own = read_patterns(
      "version: 1\npatterns:\n  - { id: cpp-malloc, severity: off }\n  - { id: mine, category: x, match: y, advice: z "
      "}\n",
      "own.yml");
  ASSERT_TRUE(own) << own.error().text();
  const std::vector<Pattern> all = with_own(*shipped, *own);
  ASSERT_EQ(all.size(), shipped->size() + 1);
  EXPECT_EQ(all.front().id, "cpp-malloc");
  EXPECT_EQ(all.front().severity, PatternSeverity::off);
  EXPECT_EQ(all.back().id, "mine");
}

TEST(ShippedPatterns, EachHasAdviceAndFramesThatProveIt) {
  const auto shipped = shipped_patterns();
  ASSERT_TRUE(shipped) << shipped.error().text();
  std::set<std::string> categories, languages;
  for (const Pattern& rule : *shipped) {
    EXPECT_FALSE(rule.matches.empty()) << rule.id;
    // A chain is of any names.
    EXPECT_EQ(rule.spares.empty(), rule.where == Pattern::Where::chain) << rule.id;
    EXPECT_FALSE(rule.advice.empty()) << rule.id;
    EXPECT_GT(rule.min_share, 0) << rule.id;
    categories.insert(rule.category);
    languages.insert(rule.languages.begin(), rule.languages.end());
  }
  EXPECT_THAT(languages, ElementsAre("c", "c++", "go", "java", "node", "python", "rust"));
  EXPECT_THAT(categories, ElementsAre("allocation", "clock", "cold-start", "compute", "containers", "copy", "depth",
                                      "dispatch", "exceptions", "garbage-collection", "io", "lock", "page-faults",
                                      "random", "system-calls", "text", "unfair"));
}

}  // namespace
}  // namespace perfwarden::config
