#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/vocabulary.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "publish/notifier.hpp"
#include "support/fakes.hpp"
#include "tidy/docs.hpp"

// What people read agrees with what the program does: action.yml, and the commands and codes in the documents.
namespace perfwarden {
namespace {

using support::slurp;
using support::source_path;
using testing::ElementsAreArray;

// Keys of the mapping `section` at the top of action.yml, sorted.
std::vector<std::string> keys_of(const std::string& section) {
  std::vector<std::string> keys;
  for (const docs::ActionKey& key : docs::action_keys(section)) keys.push_back(key.name);
  std::sort(keys.begin(), keys.end());
  return keys;
}

// Names that src/app asks for by input(world, "…"), which are no keys of the config.
std::set<std::string> inputs_of_app() {
  std::set<std::string> names;
  static const std::regex call(R"re(\binput\(\w+, "([a-z-]+)"\))re");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path("src/app"))) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = slurp(entry.path().string());
    for (auto at = std::sregex_iterator(text.begin(), text.end(), call); at != std::sregex_iterator(); ++at)
      names.insert((*at)[1]);
  }
  return names;
}

std::string variable_of_input(const std::string& name) {
  std::string variable = "INPUT_" + name;
  for (char& c : variable) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

std::size_t overrides_by(const std::string& input, const std::string& value) {
  const auto overrides =
      config::overrides_of(os::Environment(std::map<std::string, std::string>{{variable_of_input(input), value}}));
  EXPECT_TRUE(overrides) << overrides.error().text();
  return overrides ? overrides->size() : 0;
}

TEST(ActionYml, EveryInputIsUnderstood) {
  const std::set<std::string> of_app = inputs_of_app();
  const std::set<std::string> of_github{"token", "name", "matrix"};  // read by src/github
  ASSERT_TRUE(of_app.contains("command"));
  EXPECT_EQ(overrides_by("no-such-key", "x"), 0U);
  for (const std::string& name : keys_of("inputs")) {
    EXPECT_TRUE(of_app.contains(name) || of_github.contains(name) || overrides_by(name, "x") == 1)
        << "action.yml: input '" << name << "' is neither a key of the config nor read by src/app";
  }
}

TEST(ActionYml, EveryInputThatTheProgramAsksForIsDeclared) {
  const std::vector<std::string> declared = keys_of("inputs");
  for (const std::string& name : inputs_of_app()) {
    if (name == "color" || name == "keep") continue;  // for people at a terminal
    EXPECT_THAT(declared, testing::Contains(name));
  }
}

TEST(ActionYml, ItsOutputsAreThoseThatAreWritten) {
  const support::TemporaryDirectory directory;
  Report report;
  report.context.output_file = directory.write("output", "");
  const report::Templates templates;
  const os::Environment environment;
  support::FakeHttp http;
  support::FakeClock clock;
  support::FakeConsole console;
  const publish::Post post{report, templates, "reports/x", environment, http, clock, console};
  for (const publish::Notifier* notifier : publish::notifiers()) {
    if (notifier->name != "outputs") continue;
    const auto delivery = notifier->send(post, {});
    ASSERT_TRUE(delivery) << delivery.error().text();
    EXPECT_EQ(delivery->state, publish::Delivery::State::sent);
  }
  std::vector<std::string> written;
  const std::string text = slurp(report.context.output_file);
  static const std::regex name(R"(^([a-z-]+)(=|<<))");
  for (const std::string_view line : text::lines(text)) {
    std::smatch found;
    const std::string whole(line);
    if (std::regex_search(whole, found, name)) written.push_back(found[1]);
  }
  std::sort(written.begin(), written.end());
  EXPECT_THAT(keys_of("outputs"), ElementsAreArray(written));
}

// Lines of fenced blocks that call perfwarden, as words; joined over a final backslash, cut at |, >, &&, ; and #.
std::vector<std::vector<std::string>> commands_in(const std::vector<docs::Line>& lines) {
  std::vector<std::vector<std::string>> found;
  std::string joined;
  for (const docs::Line& line : lines) {
    if (!line.fenced) continue;
    joined += std::string(text::trim(line.text)) + " ";
    if (line.text.ends_with('\\')) {
      joined = joined.substr(0, joined.size() - 2);
      continue;
    }
    std::vector<std::string> words;
    const std::string whole = std::exchange(joined, {});
    for (const std::string_view word : text::split(whole, ' ')) {
      if (word == "|" || word == ">" || word == "&&" || word.starts_with('#')) break;
      if (!word.empty() && word != "$") words.emplace_back(word);
    }
    if (!words.empty() && (words[0] == "perfwarden" || words[0].ends_with("/perfwarden"))) found.push_back(words);
  }
  return found;
}

bool names_option(std::string_view help, std::string_view option) {
  constexpr std::string_view k_before = " \n,";
  constexpr std::string_view k_after = " \n,=";
  for (std::size_t at = help.find(option); at != std::string_view::npos; at = help.find(option, at + 1)) {
    const std::size_t end = at + option.size();
    if ((at == 0 || k_before.find(help[at - 1]) != std::string_view::npos) &&
        (end == help.size() || k_after.find(help[end]) != std::string_view::npos))
      return true;
  }
  return false;
}

void expect_understood(const std::string& document, const std::vector<std::string>& words) {
  const std::string line = document + ": `" + text::join(words, " ") + "`";
  std::vector<std::string> verbs;
  for (std::size_t i = 1; i < words.size() && !words[i].starts_with('-') && verbs.size() < 3; ++i)
    verbs.push_back(words[i]);
  std::string help = docs::help_of({});
  if (!verbs.empty()) {
    const std::string of_verb = docs::help_of({verbs[0]});
    EXPECT_FALSE(of_verb.empty()) << line << ": no such command";
    help += of_verb;
  }
  for (std::size_t depth = 2; depth <= verbs.size(); ++depth)
    help += docs::help_of({verbs.begin(), verbs.begin() + static_cast<std::ptrdiff_t>(depth)});
  for (const std::string& word : words) {
    if (word == "--") break;
    if (!word.starts_with('-') || word == "-" || word == "--version") continue;
    const std::string option = word.substr(0, word.find('='));
    EXPECT_TRUE(names_option(help, option)) << line << ": no option " << option;
  }
}

TEST(Documents, EveryCommandLineIsOneThatTheProgramTakes) {
  std::size_t commands = 0;
  for (const std::string& document : docs::documents()) {
    const std::string text = docs::read(document);
    for (const auto& words : commands_in(docs::lines_of(text))) {
      ++commands;
      expect_understood(document, words);
    }
  }
  EXPECT_GT(commands, 20U);
}

// Fenced blocks that are whole configs.
std::vector<std::string> configs_in(const std::vector<docs::Line>& lines) {
  std::vector<std::string> found;
  std::string block;
  for (const docs::Line& line : lines) {
    const bool fence = text::trim(line.text).starts_with("```");
    if (line.fenced && !fence) block.append(line.text).append("\n");
    if (!fence) continue;
    if (block.starts_with("version: 1\n")) found.push_back(block);
    block.clear();
  }
  return found;
}

TEST(Documents, EveryConfigThatTheyShowIsValid) {
  std::size_t configs = 0;
  for (const std::string& document : docs::documents()) {
    const std::string text = docs::read(document);
    for (const std::string& yaml : configs_in(docs::lines_of(text))) {
      ++configs;
      const auto loaded = config::parse(yaml, document, app::vocabulary());
      EXPECT_TRUE(loaded) << loaded.error().text();
      if (!loaded) continue;
      for (const Warning& warning : loaded->warnings) ADD_FAILURE() << document << ": " << warning.text;
    }
  }
  EXPECT_GE(configs, 2U);
}

std::set<std::string> first_cells(const docs::Rows& rows) {
  std::set<std::string> cells;
  for (const std::vector<std::string>& row : rows)
    if (!row.empty()) cells.insert(row[0]);
  return cells;
}

TEST(Documents, ExitCodesAreThoseOfTheProgram) {
  const std::string header = slurp(source_path("src/app/cli/exit_code.hpp"));
  static const std::regex code(R"(\bk_\w+ = (\d+))");
  std::set<std::string> wanted{"code", ":--"};
  for (auto at = std::sregex_iterator(header.begin(), header.end(), code); at != std::sregex_iterator(); ++at)
    wanted.insert((*at)[1]);
  ASSERT_GE(wanted.size(), 10U);
  for (const std::string document : {"docs/commands.md", "docs/troubleshooting.md"}) {
    const std::string text = docs::read(document);
    EXPECT_EQ(first_cells(docs::rows_of(docs::section_of(docs::lines_of(text), "Exit codes"))), wanted) << document;
  }
}

// Codes of warnings that the sources spell where they make one; those that are put together elsewhere are named here.
std::set<std::string> warning_codes() {
  std::set<std::string> codes{"no-allocations",
                              "no-instructions",
                              "no-build-cache",
                              "suite-skipped",
                              "energy",
                              "budget-unmatched",
                              "budget-metric-unmatched",
                              "config-is-new",
                              "suite-is-new",
                              "suite-vanished",
                              "empty-submodules",
                              "lfs-pointers",
                              "functions-aligned",
                              "functions-not-aligned",
                              "tail-grew",
                              "within-placement",
                              "over-layouts",
                              "no-commit",
                              "nothing-compared",
                              "suites-missing"};
  static const std::regex made(
      R"re((?:warnings_?\.(?:push|emplace)_back\( ?\{|\bWarning(?: \w+)?\{|\b(?:warn|note|note_once)\((?:[^"();]*(?:\(\))?,)?) ?"([a-z]+(?:-[a-z]+)*)",)re");
  static const std::regex hyphenated(R"re((?:push_back\( ?\{|return \{) ?"([a-z]+(?:-[a-z]+)+)",)re");
  const std::set<std::string> not_warnings{"baseline-stable", "step-summary"};  // a criterion, a notifier
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path("src"))) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = slurp(entry.path().string());
    std::string before;
    for (const std::string_view raw : text::lines(text)) {
      const std::string line(text::trim(raw));
      const std::string both = before + " " + line;
      before = line;
      static constexpr std::array k_makers{"warn", "note", "Warning", "push_back", "return {"};  // std::regex is slow
      if (std::none_of(k_makers.begin(), k_makers.end(), [&](auto maker) { return both.find(maker) != both.npos; }))
        continue;
      for (const std::regex* pattern : {&made, &hyphenated})
        for (auto at = std::sregex_iterator(both.begin(), both.end(), *pattern); at != std::sregex_iterator(); ++at)
          if (!not_warnings.contains((*at)[1])) codes.insert((*at)[1]);
    }
  }
  return codes;
}

TEST(Documents, EveryWarningHasItsCure) {
  const std::string text = docs::read("docs/troubleshooting.md");
  std::set<std::string> listed = first_cells(docs::rows_of(docs::section_of(docs::lines_of(text), "Warnings")));
  EXPECT_EQ(listed.erase("code") + listed.erase(":--"), 2U);
  const std::set<std::string> made = warning_codes();
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::set_difference(made.begin(), made.end(), listed.begin(), listed.end(), std::back_inserter(missing));
  std::set_difference(listed.begin(), listed.end(), made.begin(), made.end(), std::back_inserter(surplus));
  EXPECT_EQ(text::join(missing, ", "), "") << "docs/troubleshooting.md, Warnings: a row each, with cause and cure";
  EXPECT_EQ(text::join(surplus, ", "), "") << "docs/troubleshooting.md, Warnings: nothing in src/ makes these";
}

}  // namespace
}  // namespace perfwarden
