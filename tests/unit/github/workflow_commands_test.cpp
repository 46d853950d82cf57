#include "github/workflow_commands.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::github {
namespace {

using support::runner_commands;
using support::runner_outputs;

// Short texts made of the pieces that parsers stumble over, the same in every run.
std::vector<std::string> hostile_texts() {
  const std::vector<std::string> pieces{"%",   "%25",        "%0A", "\n", "\r",  "\r\n", "::",        ":",
                                        ",",   "=",          "<<",  "a",  " ",   "##[",  "##[error]", "]",
                                        "EOF", "::error::x", "\t",  "ü",  "%3A", "%2C"};
  SplitMix64 random(42);
  std::vector<std::string> out{""};
  for (int i = 0; i < 500; ++i) {
    std::string one;
    for (std::uint64_t n = random.below(8); n-- > 0;) one += pieces[random.below(pieces.size())];
    out.push_back(std::move(one));
  }
  return out;
}

TEST(WorkflowCommands, DataAndPropertiesComeBackAsTheyWere) {
  for (const std::string& hostile : hostile_texts()) {
    const std::string line = "::error title=" + escape_property("t" + hostile) + "::" + escape_data(hostile) + "\n";
    const auto commands = runner_commands(line);
    ASSERT_EQ(commands.size(), 1U) << line;
    EXPECT_EQ(commands[0].name, "error");
    EXPECT_EQ(commands[0].data, hostile);
    EXPECT_EQ(commands[0].properties.at("title"), "t" + hostile);
    EXPECT_EQ(commands[0].properties.size(), 1U);
  }
}

TEST(WorkflowCommands, AnAnnotationIsOneCommandWhateverItsTextsHold) {
  for (const std::string& hostile : hostile_texts()) {
    const Annotation annotation{Annotation::Level::warning, hostile, 7, hostile, hostile};
    const auto commands = runner_commands(annotations(std::span(&annotation, 1)));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].name, "warning");
    for (const auto& [name, value] : commands[0].properties)
      EXPECT_TRUE(name == "file" || name == "line" || name == "title") << name;
  }
}

TEST(WorkflowCommands, AnAnnotationNamesItsPlace) {
  const Annotation annotation{Annotation::Level::error, "perfwarden.yml", 12, "core/parse: slow", "12 % > 5 %"};
  EXPECT_EQ(annotations(std::span(&annotation, 1)),
            "::error file=perfwarden.yml,line=12,title=core/parse%3A slow::12 %25 > 5 %25\n");
  const Annotation bare{Annotation::Level::notice, "", 9, "", "said"};
  EXPECT_EQ(annotations(std::span(&bare, 1)), "::notice::said\n");
}

TEST(WorkflowCommands, TheTenthOfALevelSaysHowManyAreLeftOut) {
  std::vector<Annotation> all;
  for (int i = 0; i < 14; ++i) all.push_back({Annotation::Level::error, "f", i + 1, "", "e" + std::to_string(i)});
  for (int i = 0; i < 10; ++i) all.push_back({Annotation::Level::warning, "f", i + 1, "", "w" + std::to_string(i)});
  const auto commands = runner_commands(annotations(all));
  ASSERT_EQ(commands.size(), 20U);
  EXPECT_EQ(commands[8].data, "e8");
  EXPECT_EQ(commands[9].name, "error");
  EXPECT_TRUE(commands[9].data.starts_with("and 5 more like these")) << commands[9].data;
  EXPECT_EQ(commands[19].data, "w9");
}

TEST(WorkflowCommands, LongMessagesAreCutBetweenCharacters) {
  std::string message;
  for (int i = 0; i < 5000; ++i) message += "ü";
  const Annotation annotation{Annotation::Level::error, "", 0, "", message};
  const auto commands = runner_commands(annotations(std::span(&annotation, 1)));
  EXPECT_EQ(text::code_points(commands.at(0).data), 4096U);
  EXPECT_EQ(commands[0].data.size(), 8192U);
}

TEST(WorkflowCommands, RandomTokensAre128BitsAndDiffer) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = random_token();
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 100U);
}

TEST(Outputs, ComeBackAsTheyWere) {
  for (const std::string& hostile : hostile_texts()) {
    const std::string file = output_entry("one", hostile) + output_entry("two", "2");
    const auto pairs = runner_outputs(file);
    ASSERT_TRUE(pairs) << file;
    ASSERT_EQ(pairs->size(), 2U) << file;
    EXPECT_EQ((*pairs)[0], (std::pair<std::string, std::string>("one", hostile)));
    EXPECT_EQ((*pairs)[1].second, "2");
  }
}

TEST(Outputs, ADelimiterThatOccursInTheValueIsNotUsed) {
  int asked = 0;
  const std::string entry = output_entry("name", "x\nperfwarden_guess\nother=1",
                                         [&]() -> std::string { return ++asked == 1 ? "guess" : "fresh"; });
  EXPECT_EQ(asked, 2);
  const auto pairs = runner_outputs(entry);
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->size(), 1U);
}

TEST(Outputs, AreAppendedAndTheirNamesChecked) {
  const support::TemporaryDirectory directory;
  const std::string file = directory.write("output", "earlier=1\n");
  const std::vector<std::pair<std::string, std::string>> good{{"verdict", "pass"}, {"comparison-count", "2"}};
  ASSERT_TRUE(append_outputs(file, good));
  const auto pairs = runner_outputs(support::slurp(file));
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->size(), 3U);
  for (const char* bad : {"", "a=b", "a<<b", "a\nb", "1a", "ü"}) {
    const std::vector<std::pair<std::string, std::string>> pair{{bad, "x"}};
    EXPECT_FALSE(append_outputs(file, pair)) << bad;
  }
  EXPECT_EQ(runner_outputs(support::slurp(file))->size(), 3U) << "a refused name writes nothing";
}

TEST(Summary, IsAppendedWithALineEnd) {
  const support::TemporaryDirectory directory;
  const std::string file = directory.write("summary", "# Before\n");
  ASSERT_TRUE(append_summary(file, "# Ours"));
  EXPECT_EQ(support::slurp(file), "# Before\n# Ours\n");
  ASSERT_TRUE(append_summary(directory / "fresh", "# Ours\n"));
  EXPECT_EQ(support::slurp(directory / "fresh"), "# Ours\n");
}

TEST(Summary, NeverGrowsBeyondWhatGitHubShowsAndSaysSo) {
  const support::TemporaryDirectory directory;
  const std::string file = directory.write("summary", std::string(600'000, 'x') + "\n");
  std::string rows;
  while (rows.size() < 600'000) rows += "| ü row |\n";
  ASSERT_TRUE(append_summary(file, rows));
  const std::string text = support::slurp(file);
  EXPECT_LE(text.size(), k_max_summary_bytes);
  EXPECT_GT(text.size(), k_max_summary_bytes - 1000);
  EXPECT_NE(text.find("| ü row |\n\n> The rest is omitted"), std::string::npos) << "cut between rows";
  EXPECT_FALSE(append_summary(file, rows)) << "full";
  EXPECT_EQ(support::slurp(file).size(), text.size());
}

}  // namespace
}  // namespace perfwarden::github
