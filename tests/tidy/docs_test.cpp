#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/profile/files.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "gates/rule.hpp"
#include "ingest/format.hpp"
#include "profile/format.hpp"
#include "publish/notifier.hpp"
#include "report/renderer.hpp"
#include "support/fakes.hpp"

// What people read agrees with what the program does: action.yml, and the tables and commands of README.md.
namespace perfwarden {
namespace {

using support::slurp;
using support::source_path;
using testing::ElementsAreArray;
using testing::HasSubstr;

// Keys of the mapping `section` at the top of action.yml, sorted.
std::vector<std::string> keys_of(const std::string& section) {
  std::vector<std::string> keys;
  bool inside = false;
  const std::string yaml = slurp(source_path("action.yml"));
  for (const std::string_view line : text::lines(yaml)) {
    if (!line.starts_with(' ')) inside = line == section + ":";
    if (inside && line.starts_with("  ") && line.size() > 2 && line[2] != ' ' && line.ends_with(':')) {
      keys.emplace_back(line.substr(2, line.size() - 3));
    }
  }
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
  ASSERT_TRUE(of_app.contains("command"));
  EXPECT_EQ(overrides_by("no-such-key", "x"), 0U);
  for (const std::string& name : keys_of("inputs")) {
    EXPECT_TRUE(of_app.contains(name) || name == "token" || overrides_by(name, "x") == 1)
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
  const ReportConfig config;
  support::FakeHttp http;
  support::FakeClock clock;
  support::FakeConsole console;
  const publish::Post post{report, config, "", "", "", "reports/x", http, clock, console};
  for (const publish::Notifier* notifier : publish::notifiers()) {
    if (notifier->name != "outputs") continue;
    EXPECT_EQ(notifier->send(post).state, publish::Delivery::State::sent);
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

class Readme : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(source_path("README.md"))) GTEST_SKIP() << "README.md is not written yet";
    text_ = slurp(source_path("README.md"));
  }

  // Cells of every table row, trimmed, code marks taken off.
  [[nodiscard]] std::vector<std::vector<std::string>> rows() const {
    std::vector<std::vector<std::string>> found;
    for (const std::string_view line : text::lines(text_)) {
      if (!line.starts_with('|')) continue;
      std::vector<std::string> cells;
      for (const std::string_view cell : text::split(line.substr(1), '|'))
        cells.push_back(text::replace_all(std::string(text::trim(cell)), "`", ""));
      found.push_back(std::move(cells));
    }
    return found;
  }

  void expect_row(std::string_view name, std::string_view summary) const {
    for (const auto& cells : rows()) {
      if (cells.size() >= 2 && cells[0] == name && cells[1] == text::replace_all(std::string(summary), "`", "")) return;
    }
    ADD_FAILURE() << "README.md has no such row (write it so):\n| `" << name << "` | " << summary << " |";
  }

  // Lines of the fenced blocks that call perfwarden, as words; joined over a final backslash, cut at |, >, &&, ; and #.
  [[nodiscard]] std::vector<std::vector<std::string>> commands() const {
    std::vector<std::vector<std::string>> found;
    bool fenced = false;
    std::string joined;
    for (const std::string_view raw : text::lines(text_)) {
      if (text::trim(raw).starts_with("```")) fenced = !fenced;
      if (!fenced) continue;
      joined += std::string(text::trim(raw)) + " ";
      if (raw.ends_with('\\')) {
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

  std::string text_;
};

struct Program {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;

  int run(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"perfwarden"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    app::World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

TEST_F(Readme, EveryCommandLineIsOneThatTheProgramTakes) {
  const auto lines = commands();
  EXPECT_FALSE(lines.empty()) << "README.md shows no command";
  for (const std::vector<std::string>& words : lines) {
    std::vector<std::string> verbs;
    for (std::size_t i = 1; i < words.size() && !words[i].starts_with('-') && verbs.size() < 2; ++i)
      verbs.push_back(words[i]);
    Program root, verb, nested;
    root.run({"--help"});
    std::string help = root.console.out_text;
    if (!verbs.empty()) {
      EXPECT_EQ(verb.run({verbs[0], "--help"}), 0) << "README.md: " << text::join(words, " ");
      help += verb.console.out_text;
    }
    if (verbs.size() == 2 && nested.run({verbs[0], verbs[1], "--help"}) == 0) help += nested.console.out_text;
    for (const std::string& word : words) {
      if (!word.starts_with('-') || word == "-" || word == "--version") continue;
      const std::string option = word.substr(0, word.find('='));
      EXPECT_TRUE(std::regex_search(help, std::regex("(^|[\\s,])" + option + "($|[\\s,=])")))
          << "README.md: `" << text::join(words, " ") << "`: no option " << option;
    }
  }
}

TEST_F(Readme, ItsExitCodesAreThoseOfTheProgram) {
  const std::string header = slurp(source_path("src/app/cli/exit_code.hpp"));
  static const std::regex code(R"(\bk_\w+ = (\d+))");
  std::set<std::string> wanted, shown;
  for (auto at = std::sregex_iterator(header.begin(), header.end(), code); at != std::sregex_iterator(); ++at)
    wanted.insert((*at)[1]);
  ASSERT_GE(wanted.size(), 8U);
  for (const auto& cells : rows()) {
    if (cells.size() >= 2 && !cells[0].empty() && cells[0].find_first_not_of("0123456789") == std::string::npos)
      shown.insert(cells[0]);
  }
  EXPECT_EQ(shown, wanted);
}

TEST_F(Readme, EveryRowOfEveryRegistryIsInATable) {
  for (const auto* row : ingest::formats()) expect_row(row->name, row->summary);
  for (const auto* row : gates::rules()) expect_row(row->name, row->summary);
  for (const auto* row : report::renderers()) expect_row(row->name, row->summary);
  for (const auto* row : publish::notifiers()) expect_row(row->name, row->summary);
  for (const auto* row : app::commands()) expect_row(row->name, row->summary);
  for (const auto* row : app::profile_verbs()) expect_row(row->name, row->summary);
  for (const auto* row : profile::formats()) expect_row(row->name, row->summary);
}

TEST_F(Readme, EveryInputAndOutputOfTheActionIsInIt) {
  for (const char* section : {"inputs", "outputs"}) {
    for (const std::string& name : keys_of(section)) EXPECT_THAT(text_, HasSubstr("`" + name + "`"));
  }
}

}  // namespace
}  // namespace perfwarden
