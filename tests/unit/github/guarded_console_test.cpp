#include "github/guarded_console.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::github {
namespace {

using support::FakeConsole;
using support::runner_commands;

// As the runner compares: carriage returns end lines, characters of no width do not count.
std::string as_the_runner_compares(std::string text) {
  for (const std::string_view nothing : {"\u200b", "\u200d", "\ufeff", "\u00ad", "\x01"})
    text = text::replace_all(std::move(text), nothing, "");
  for (const std::string_view blank : {"\u00a0", "\u3000", "\u2028", "\x0b"})
    text = text::replace_all(std::move(text), blank, " ");
  return text::replace_all(std::move(text), "\r", "\n");
}

TEST(GuardedConsole, NoTextIsACommandHoweverItIsCutIntoPieces) {
  const std::vector<std::string> pieces{":",
                                        "::",
                                        "#",
                                        "##[",
                                        "[",
                                        "add-mask",
                                        "]e",
                                        "::add-mask::e",
                                        " ",
                                        "\t",
                                        "\n",
                                        "\r",
                                        "\u3000",
                                        "\u200b",
                                        "error",
                                        "::error title=x::y",
                                        "\x01",
                                        "\u00a0",
                                        "##[add-mask]e",
                                        "a",
                                        "::stop-commands::t",
                                        "##[set-env name=A]b"};
  SplitMix64 random(7);
  std::size_t commands_unguarded = 0;
  for (int round = 0; round < 5000; ++round) {
    FakeConsole inner;
    GuardedConsole console(inner);
    std::string raw;
    for (std::uint64_t n = 1 + random.below(8); n-- > 0;) {
      const std::string& piece = pieces[random.below(pieces.size())];
      raw += piece;
      console.out(piece);
      console.err(piece);
    }
    commands_unguarded += runner_commands(as_the_runner_compares(raw)).size();
    ASSERT_TRUE(runner_commands(as_the_runner_compares(inner.out_text)).empty()) << raw;
    ASSERT_EQ(inner.err_text, inner.out_text);
    // Nothing but spaces was added.
    ASSERT_EQ(text::replace_all(inner.out_text, " ", ""), text::replace_all(raw, " ", ""));
  }
  EXPECT_GT(commands_unguarded, 1000U);
}

TEST(GuardedConsole, OrdinaryTextIsUntouched) {
  FakeConsole inner;
  GuardedConsole console(inner);
  const std::string text = "core · wall_time\n  std::sort  1.5 ms  [1.4…1.6]\n: # ## ### [x]\n### heading\n";
  console.out(text);
  EXPECT_EQ(inner.out_text, text);
}

TEST(GuardedConsole, OurOwnCommandBeginsALineAndIsObeyed) {
  FakeConsole inner;
  GuardedConsole console(inner);
  console.err("measuring");
  console.command("::error title=perfwarden::slower\n");
  const auto commands = runner_commands(inner.err_text);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].name, "error");
  EXPECT_EQ(commands[0].data, "slower");
}

}  // namespace
}  // namespace perfwarden::github
