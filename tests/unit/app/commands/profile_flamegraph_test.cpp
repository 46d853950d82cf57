#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Flamegraph {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;
  support::TemporaryDirectory directory;
  std::string base = directory.write("base.folded", "main;parse 300\nmain;gone 200\n");
  std::string head = directory.write("head.folded", "main;parse 301\nmain;fresh 400\n");

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {"perfwarden", "profile", "flamegraph"});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

TEST(FlamegraphCommand, DrawsOneProfileByTheNameOfItsOutput) {
  Flamegraph verb;
  const std::string svg = verb.directory / "out.svg", html = verb.directory / "out.html";
  EXPECT_EQ(verb.run({verb.base, "-o", svg, "--title", "All of it"}), k_pass) << verb.console.err_text;
  EXPECT_THAT(support::slurp(svg), StartsWith("<svg "));
  EXPECT_THAT(support::slurp(svg), HasSubstr("<title>All of it</title>"));
  EXPECT_THAT(support::slurp(svg), HasSubstr("parse — 60.0 % (300 samples)"));
  EXPECT_EQ(verb.run({verb.base, "-o", html}), k_pass) << verb.console.err_text;
  EXPECT_THAT(support::slurp(html), StartsWith("<!doctype html>"));
}

TEST(FlamegraphCommand, OfTwoProfilesItDrawsWhatChanged) {
  Flamegraph verb;
  EXPECT_EQ(verb.run({verb.base, verb.head, "--as", "svg"}), k_pass) << verb.console.err_text;
  EXPECT_THAT(verb.console.out_text, HasSubstr("Differential flame graph"));
  EXPECT_THAT(verb.console.out_text, HasSubstr("gone — base 40.0 % (200) → head 0.0 % (0), −40.0 pp"));
  EXPECT_THAT(verb.console.out_text, HasSubstr("REMOVED in head"));
}

TEST(FlamegraphCommand, TwoNumbersALineAreBaseAndHead) {
  Flamegraph verb;
  const std::string both =
      verb.directory.write("both.folded", "main;parse 300 301\nmain;gone 200 0\nmain;fresh 0 400\n");
  EXPECT_EQ(verb.run({both, "--as", "svg"}), k_pass) << verb.console.err_text;
  EXPECT_THAT(verb.console.out_text, HasSubstr("fresh — base 0.0 % (0) → head 80.0 % (400)"));
  Flamegraph one;
  const std::string same =
      one.directory.write("both.folded", "main;parse 300 301\nmain;gone 200 0\nmain;fresh 0 400\n");
  EXPECT_EQ(one.run({same, "--as", "svg", "--type", "base"}), k_pass) << one.console.err_text;
  EXPECT_THAT(one.console.out_text, HasSubstr("gone — 40.0 %"));
}

TEST(FlamegraphCommand, MinimalWidthIsAShareOrPixels) {
  for (const std::string width : {"50%", "600", "600px"}) {
    Flamegraph verb;
    EXPECT_EQ(verb.run({verb.base, "--as", "svg", "--min-width", width}), k_pass) << verb.console.err_text;
    EXPECT_THAT(verb.console.out_text, HasSubstr("parse"));
    EXPECT_THAT(verb.console.out_text, Not(HasSubstr("gone")));
  }
}

TEST(FlamegraphCommand, SaysWhatItNeeds) {
  Flamegraph verb;
  EXPECT_EQ(verb.run({verb.base}), k_usage);
  EXPECT_THAT(verb.console.err_text, HasSubstr("give -o OUT.svg for a picture or -o OUT.html for a page"));
  EXPECT_EQ(verb.run({verb.base, "-o", verb.directory / "out.png"}), k_usage);
  EXPECT_THAT(verb.console.err_text, HasSubstr("cannot tell what to draw"));
  EXPECT_EQ(verb.run({verb.base, "--as", "svg", "--min-width", "wide"}), k_usage);
  EXPECT_THAT(verb.console.err_text, HasSubstr("--min-width is not a valid width: 'wide'"));
  EXPECT_EQ(verb.run({verb.base, verb.head, verb.base, "--as", "svg"}), k_usage);
  EXPECT_THAT(verb.console.err_text, HasSubstr("give one, or base and head"));
  EXPECT_NE(verb.run({verb.base, "--as", "svg", "--type", "heap"}), k_pass);
  EXPECT_EQ(verb.console.out_text, "");
}

}  // namespace
}  // namespace perfwarden::app
