#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

struct Program {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  support::TemporaryDirectory directory;
  os::Environment environment;

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {"perfwarden", "config"});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

const std::string k_good = "version: 1\nsuites:\n  core: { run: ./bench }\nbudgets:\n  \"*\": +5%\n";

TEST(ConfigVerb, CheckSaysOkWithItsCountsAndExitsZero) {
  Program program;
  const std::string file = program.directory.write("perfwarden.yml", k_good);
  EXPECT_EQ(program.run({"check", file}), 0);
  EXPECT_EQ(program.console.out_text, "ok: 1 suite, 1 budget; mode enforce\n");
  EXPECT_EQ(program.console.err_text, "");
}

TEST(ConfigVerb, CheckPrintsEveryErrorAndExitsTwo) {
  Program program;
  const std::string file = program.directory.write("perfwarden.yml", k_good + "mdoe: observe\nhistory: x\n");
  EXPECT_EQ(program.run({"check", file}), 2);
  EXPECT_EQ(program.console.out_text, "");
  for (const char* words : {":6:1: error: unknown key 'mdoe'", "^^^^ did you mean 'mode'?", ":7:10: error: 'history'"})
    EXPECT_NE(program.console.err_text.find(words), std::string::npos) << program.console.err_text;
}

TEST(ConfigVerb, CheckPrintsWarningsAndStillExitsZero) {
  Program program;
  const std::string file = program.directory.write("perfwarden.yml", k_good + "  coer/x: +1%\n");
  EXPECT_EQ(program.run({"check", file}), 0);
  EXPECT_EQ(program.console.out_text, "ok: 1 suite, 2 budgets, 1 warning; mode enforce\n");
  EXPECT_NE(program.console.err_text.find("did you mean 'core'?"), std::string::npos) << program.console.err_text;
}

TEST(ConfigVerb, CheckOfAMissingFileNamesIt) {
  Program program;
  const std::string file = program.directory / "none.yml";
  EXPECT_EQ(program.run({"check", file}), 2);
  EXPECT_NE(program.console.err_text.find(file), std::string::npos);
}

TEST(ConfigVerb, ShowNamesTheOriginOfEachValue) {
  Program program;
  program.environment = os::Environment(std::map<std::string, std::string>{{"PERFWARDEN_BASELINE_BRANCH", "dev"}});
  const std::string file = program.directory.write("p.yml", k_good);
  EXPECT_EQ(program.run({"show", "--config", file, "--mode", "observe"}), 0);
  for (const std::string& line :
       {std::string("mode = observe   # flag --mode\n"),
        std::string("baseline.branch = dev   # environment PERFWARDEN_BASELINE_BRANCH\n"),
        "budgets.*.soft = +5%   # " + file + ":5:8\n", std::string("statistics.confidence = 99%   # default\n")})
    EXPECT_NE(program.console.out_text.find(line), std::string::npos) << line;
}

TEST(ConfigVerb, ShowAsJsonHoldsTheSameRows) {
  Program program;
  const std::string file = program.directory.write("p.yml", k_good);
  EXPECT_EQ(program.run({"show", "--json", "--config", file}), 0);
  const auto json = nlohmann::json::parse(program.console.out_text);
  EXPECT_EQ(json.at("schema"), "perfwarden.config/1");
  EXPECT_EQ(json.at("hash").get<std::string>().size(), 16U);
  bool found = false;
  for (const auto& row : json.at("values"))
    found =
        found || (row.at("key") == "budgets.*.soft" && row.at("value") == "+5%" && row.at("origin") == file + ":5:8");
  EXPECT_TRUE(found) << program.console.out_text;
}

TEST(ConfigVerb, SchemaIsPrintedWhole) {
  Program program;
  EXPECT_EQ(program.run({"schema"}), 0);
  EXPECT_EQ(program.console.out_text, support::slurp(support::source_path("config/perfwarden.schema.json")));
}

TEST(ConfigVerb, WithoutASubcommandItExitsTwo) {
  Program program;
  EXPECT_EQ(program.run({}), 2);
  EXPECT_EQ(program.console.out_text, "");
}

}  // namespace
}  // namespace perfwarden::app
