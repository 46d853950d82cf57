#include "app/profile/owners.hpp"

#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

TEST(CodeOwners, TheLastLineThatMatchesWins) {
  const CodeOwners owners(
      "# who looks at what\n"
      "*            @acme/all\n"
      "*.py         @pythonistas   # scripts\n"
      "/src/json/   @parsers @bob\n"
      "docs/*       @writers\n"
      "generated    @nobody\n"
      "/src/json/vendored/\n"
      "with\\ blank.c @blank\n"
      "!negated @x\n"
      "[ab].c @x\n");
  EXPECT_EQ(owners.of("main.c"), "@acme/all");
  EXPECT_EQ(owners.of("tools/run.py"), "@pythonistas");
  EXPECT_EQ(owners.of("run.py"), "@pythonistas");
  EXPECT_EQ(owners.of("src/json/a/b.cpp"), "@parsers @bob");
  EXPECT_EQ(owners.of("lib/src/json/b.cpp"), "@acme/all");
  EXPECT_EQ(owners.of("docs/x.md"), "@writers");
  EXPECT_EQ(owners.of("docs/deep/x.md"), "@acme/all");
  EXPECT_EQ(owners.of("a/generated/b/c.c"), "@nobody");
  EXPECT_EQ(owners.of("src/json/vendored/x.c"), "");
  EXPECT_EQ(owners.of("with blank.c"), "@blank");
  EXPECT_EQ(owners.of("a.c"), "@acme/all");
  EXPECT_EQ(CodeOwners().of("a.c"), "");
}

TEST(RepositoryFiles, AHintIsFoundByTheLongestEndThatIsTheSame) {
  const RepositoryFiles files({"src/app/cli/run.cpp", "src/run.cpp", "tools/x.py", "a/util.py", "b/util.py"});
  EXPECT_EQ(files.find("/build/checkout/src/app/cli/run.cpp"), "src/app/cli/run.cpp");
  EXPECT_EQ(files.find("./src/run.cpp"), "src/run.cpp");
  EXPECT_EQ(files.find("x.py"), "tools/x.py");
  EXPECT_EQ(files.find("file:///home/me/tools/x.py"), "tools/x.py");
  EXPECT_EQ(files.find("util.py"), "") << "two fit as well";
  EXPECT_EQ(files.find("/usr/lib/python3/util.py"), "") << "another util.py";
  EXPECT_EQ(files.find("mysrc/run.cpp"), "") << "half a folder's name is none";
  EXPECT_EQ(files.find(""), "");
}

TEST(RepositoryFiles, NamesOfScriptsTellTheirFile) {
  EXPECT_EQ(file_in_name("parse (app/x.py:12)"), "app/x.py");
  EXPECT_EQ(file_in_name("x.py:12(parse)"), "x.py");
  EXPECT_EQ(file_in_name("f /app/x.js:1:2"), "/app/x.js");
  EXPECT_EQ(file_in_name("f (file:///app/x.mjs:1:2)"), "file:///app/x.mjs");
  for (const char* none :
       {"main", "std::sort(int, int)", "net/http.(*conn).serve", "operator new", "()", ")", "", "f "})
    EXPECT_EQ(file_in_name(none), "") << none;
}

}  // namespace
}  // namespace perfwarden::app
