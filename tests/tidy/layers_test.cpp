#include "tidy/layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "support/fakes.hpp"

namespace perfwarden::tidy {
namespace {

using support::TemporaryDirectory;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults_of(const std::string& name, const std::string& text) {
  const TemporaryDirectory tree;
  tree.write(name, text);
  return faults_below(tree.path());
}

TEST(Layers, OurSourcesKeepTheRules) {
  std::string told;
  for (const std::string& fault : faults_below(support::source_path(""))) told += fault + "\n";
  EXPECT_EQ(told, "");
}

TEST(Layers, EveryFolderWithCodeHasTests) {
  EXPECT_THAT(untested_folders(support::source_path("")), IsEmpty());
}

TEST(Layers, LongFilesAreTold) {
  for (const std::string& file : long_files_below(support::source_path(""), 500)) {
    std::printf("note: %s: is it one room or two?\n", file.c_str());
  }
  const TemporaryDirectory tree;
  tree.write("src/base/long.cpp", std::string(501, '\n'));
  tree.write("src/base/short.cpp", std::string(500, '\n'));
  EXPECT_THAT(long_files_below(tree.path(), 500), ElementsAre("src/base/long.cpp: 501 lines"));
}

TEST(Layers, AForeignHeaderIsAFault) {
  EXPECT_THAT(faults_of("src/stats/oops.cpp", "#include <curl/curl.h>\n"),
              ElementsAre("src/stats/oops.cpp:1: error: <curl/curl.h> belongs to net"));
  EXPECT_THAT(faults_of("src/net/fine.cpp", "#include <curl/curl.h>\n"), IsEmpty());
  EXPECT_THAT(faults_of("src/model/oops.hpp", "\n  #  include <nlohmann/json.hpp>\n"),
              Contains(HasSubstr(":2: error:")));
}

TEST(Layers, AHeaderThatNobodyOwnsIsAFault) {
  EXPECT_THAT(faults_of("src/stats/oops.cpp", "#include <eigen3/Eigen/Core>\n"), Contains(HasSubstr("has no owner")));
  EXPECT_THAT(faults_of("src/stats/fine.cpp", "#include <vector>\n#include <cmath>\n"), IsEmpty());
}

TEST(Layers, APureStageIncludesNoOtherStage) {
  EXPECT_THAT(faults_of("src/gates/oops.cpp", "#include \"compare/compare.hpp\"\n"),
              ElementsAre("src/gates/oops.cpp:1: error: gates must not include compare"));
  EXPECT_THAT(faults_of("src/compare/fine.cpp", "#include \"stats/rank.hpp\"\n#include \"model/series.hpp\"\n"),
              IsEmpty());
}

TEST(Layers, PureNeverIncludesShell) {
  EXPECT_THAT(faults_of("src/plan/rows/oops.cpp", "#include \"os/files/files.hpp\"\n"),
              ElementsAre("src/plan/rows/oops.cpp:1: error: plan must not include os"));
}

TEST(Layers, OnlyAppSeesAll) {
  EXPECT_THAT(faults_of("src/store/oops.cpp", "#include \"app/cli/world.hpp\"\n"),
              Contains(HasSubstr("must not include app")));
  EXPECT_THAT(faults_of("src/app/commands/fine.cpp", "#include \"store/store.hpp\"\n#include <CLI/CLI.hpp>\n"),
              IsEmpty());
  EXPECT_THAT(faults_of("src/main.cpp", "#include \"app/cli/world.hpp\"\n"), IsEmpty());
}

TEST(Layers, AFolderThatIsNotOfTheHouseIsAFault) {
  EXPECT_THAT(faults_of("src/utils/oops.cpp", "\n"), Contains(HasSubstr("not a folder of the house")));
  EXPECT_THAT(faults_of("src/app/oops.cpp", "#include \"utils/x.hpp\"\n"),
              Contains(HasSubstr("not a folder of the house")));
}

struct Word {
  std::string code, name;
};

class BannedWords : public testing::TestWithParam<Word> {};

TEST_P(BannedWords, AreFaultsOutsideTheirOwner) {
  EXPECT_THAT(faults_of("src/gates/oops.cpp", "int x;\n" + GetParam().code + "\n"),
              ElementsAre(HasSubstr("src/gates/oops.cpp:2: error: " + GetParam().name + " belongs to")));
}

TEST_P(BannedWords, AreNoFaultsInComments) {
  EXPECT_THAT(faults_of("src/gates/fine.cpp", "// " + GetParam().code + "\n/* \n" + GetParam().code + " */\n"),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BannedWords,
    testing::Values(
        Word{"auto x = getenv(\"HOME\");", "getenv"}, Word{"std::cout << 1;", "std::cout and std::cerr"},
        Word{"std::cerr << 1;", "std::cout and std::cerr"}, Word{"exit(1);", "exit("},
        Word{"  std::exit (1);", "exit("}, Word{"std::printf(\"x\");", "printf"},
        Word{"auto t = std::chrono::system_clock::now();", "system_clock::now"},
        Word{"auto t = std::time(nullptr);", "the clock"}, Word{"if (fork() == 0) {}", "starting processes"},
        Word{"auto* f = popen(\"ls\", \"r\");", "starting processes"}, Word{"std::thread t;", "std::thread"},
        Word{"auto v = nlohmann::json::parse(text);", "reading and writing of JSON"},
        Word{"v.dump(2, ' ', false, Json::error_handler_t::replace);", "reading and writing of JSON"},
        Word{"run(\"SELECT name FROM runs\");", "SQL"}, Word{"run(R\"(INSERT INTO runs VALUES (1))\");", "SQL"},
        Word{"run(\"CREATE TABLE runs (id)\");", "SQL"}));

TEST(BannedWords, WordsThatOnlyLookLikeThemAreFine) {
  EXPECT_THAT(faults_of("src/gates/fine.cpp",
                        "app::exit_code(verdict);\nresult.exit(1);\nconst char* s = \"call exit(1) or getenv()\";\n"
                        "double wall_time(int n);\nconst int k = 1'000;\nconst char* h = \"select one from many\";\n"
                        "double time(double s);\n"),
              IsEmpty());
}

TEST(BannedWords, TheOwnerMayUseThem) {
  EXPECT_THAT(faults_of("src/os/fine.cpp", "auto x = getenv(\"HOME\");\nif (fork() == 0) _exit(127);\n"), IsEmpty());
  EXPECT_THAT(faults_of("src/store/fine.cpp", "run(\"SELECT name FROM runs\");\n"), IsEmpty());
}

TEST(Layers, WhatOneDatabaseAloneKnowsIsAFaultOutsideOfItsDriver) {
  for (const char* sql :
       {"\"PRAGMA user_version\"", "\"INSERT OR REPLACE INTO runs VALUES ($1)\"", "\"SELECT last_insert_rowid()\"",
        "R\"(INSERT INTO runs VALUES (?))\"", "\"SELECT count(*) FROM sqlite_schema\"",
        "\"SELECT id FROM runs WHERE id = ANY($1)\"", "\"SELECT $1::bytea\""}) {
    const std::string code = std::string("run(") + sql + ");\n";
    EXPECT_THAT(faults_of("src/store/oops.cpp", code),
                ElementsAre(HasSubstr("src/store/oops.cpp:1: error: SQL of one database belongs to store/drivers")))
        << sql;
    EXPECT_THAT(faults_of("src/store/drivers/fine.cpp", code), IsEmpty()) << sql;
  }
  EXPECT_THAT(faults_of("src/store/oops.cpp", "#include <sqlite3.h>\n"),
              ElementsAre("src/store/oops.cpp:1: error: <sqlite3.h> belongs to store/drivers"));
  EXPECT_THAT(faults_of("src/store/drivers/fine.cpp", "#include <sqlite3.h>\n"), IsEmpty());
  EXPECT_THAT(faults_of("src/store/fine.cpp", "run(\"SELECT id FROM runs WHERE id = $1 OR id = $2\");\n"), IsEmpty());
}

TEST(Layers, AFolderWithoutTestsIsFound) {
  const TemporaryDirectory tree;
  tree.write("src/gates/judge.cpp", std::string(60, '\n'));
  EXPECT_THAT(untested_folders(tree.path()), ElementsAre("src/gates"));
  tree.write("tests/unit/gates/judge_test.cpp", "\n");
  EXPECT_THAT(untested_folders(tree.path()), IsEmpty());
}

}  // namespace
}  // namespace perfwarden::tidy
