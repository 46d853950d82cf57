// What a pull request may write into perfwarden.yml in order to hurt.

#include <gtest/gtest.h>

#include <string>

#include "config/load.hpp"
#include "support/vocabulary.hpp"

namespace perfwarden::config {
namespace {

const std::string k_harmless = "version: 1\nsuites:\n  core: { run: ./bench }\n";

std::string hostile_refusal(const std::string& yaml) {
  const auto loaded = parse(yaml, "perfwarden.yml", support::k_vocabulary);
  EXPECT_FALSE(loaded);
  return loaded ? "" : loaded.error().text();
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(HostileConfig, AFileAboveOneMebibyteIsRefused) {
  EXPECT_TRUE(
      parse(k_harmless + "#" + std::string((1U << 20) - k_harmless.size() - 1, 'x'), "f", support::k_vocabulary));
  EXPECT_TRUE(says(hostile_refusal(k_harmless + "#" + std::string(1U << 20, 'x')),
                   "perfwarden.yml: error: the file is larger than 1 MiB"));
}

TEST(HostileConfig, DeepNestingIsRefused) {
  EXPECT_TRUE(parse(k_harmless + "x-a: " + repeated("[", 60) + repeated("]", 60) + "\n", "f", support::k_vocabulary));
  EXPECT_TRUE(
      says(hostile_refusal(k_harmless + "x-a: " + repeated("[", 70) + repeated("]", 70) + "\n"), "levels deep"));
  EXPECT_TRUE(says(hostile_refusal(k_harmless + "x-a: " + repeated("[", 200'000)), "levels deep"));
  EXPECT_TRUE(says(hostile_refusal(k_harmless + "x-a: " + repeated("{a: ", 100'000)), "levels deep"));
}

TEST(HostileConfig, TooManyValuesAreRefused) {
  EXPECT_TRUE(parse(k_harmless + "x-a: [" + repeated("1,", 9'000) + "1]\n", "f", support::k_vocabulary));
  EXPECT_TRUE(says(hostile_refusal(k_harmless + "x-a: [" + repeated("1,", 11'000) + "1]\n"), "more than 10000 values"));
}

TEST(HostileConfig, AliasesThatMultiplyValuesAreRefused) {
  std::string bomb = k_harmless + "x-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    bomb +=
        "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(previous + ",", 9) + previous + "]\n";
  }
  EXPECT_TRUE(says(hostile_refusal(bomb), "aliases counted"));
}

TEST(HostileConfig, AliasesThatMultiplyTextAreRefused) {
  const std::string bomb =
      k_harmless + "x-0: &a " + std::string(500'000, 'x') + "\nx-1: [" + repeated("*a,", 5'000) + "*a]\n";
  EXPECT_TRUE(says(hostile_refusal(bomb), "more than 4 MiB of text"));
}

TEST(HostileConfig, AliasesThatDeepenAreRefused) {
  std::string bomb = k_harmless + "x-0: &a0 [[[[[[[[[[1]]]]]]]]]]\n";
  for (int i = 1; i < 9; ++i)
    bomb += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [[[[[[[[[[*a" + std::to_string(i - 1) +
            "]]]]]]]]]]\n";
  EXPECT_TRUE(says(hostile_refusal(bomb), "levels deep"));
}

TEST(HostileConfig, DefaultsThatMultiplyBySuitesAreRefused) {
  const auto with = [](const std::string& env, int suites) {
    std::string yaml = "version: 1\ndefaults: { env: {" + env + "} }\nsuites:\n";
    for (int i = 0; i < suites; ++i) yaml += "  s" + std::to_string(i) + ": { run: ./b }\n";
    return yaml;
  };
  EXPECT_TRUE(parse(with("A: " + std::string(10'000, 'x'), 200), "f", support::k_vocabulary));
  EXPECT_TRUE(says(hostile_refusal(with("A: " + std::string(100'000, 'x'), 200)), "too much for 200 suites"));
  std::string many;
  for (int i = 0; i < 3'000; ++i) many += "V" + std::to_string(i) + ": 1,";
  EXPECT_TRUE(says(hostile_refusal(with(many, 200)), "too much for 200 suites"));
}

TEST(HostileConfig, ManyErrorsAreBounded) {
  std::string yaml = k_harmless;
  for (int i = 0; i < 4'000; ++i) yaml += "k" + std::to_string(i) + ": 1\n";
  const std::string said = hostile_refusal(yaml);
  EXPECT_LT(said.size(), 10'000U);
  EXPECT_TRUE(says(said, "perfwarden.yml: at least 980 more errors"));
}

TEST(HostileConfig, NothingThatATerminalOrARunnerWouldObeyGetsOut) {
  for (const std::string bad : {"\"\\e[31mred\": 1\n", "\"a\\r\\n::error::x\": 1\n", "\"\\u202Egnp\": 1\n",
                                "budgets: { \"\\u200Bx/\\u001B[2J\": 5% }\n", "mode: \"\\e]0;x\\a\"\n",
                                "overrides: { allow: [\"a\\n::error::b\"] }\n"}) {
    const std::string said = hostile_refusal(k_harmless + bad);
    EXPECT_FALSE(says(said, "\x1b")) << bad;
    EXPECT_FALSE(says(said, "\r")) << bad;
    EXPECT_FALSE(says(said, "\n::")) << bad;
    EXPECT_FALSE(says(said, "\u202e")) << bad;
  }
}

TEST(HostileConfig, EveryPrefixOfAGoodFileEndsInAnAnswer) {
  const std::string good =
      "version: 1\nsuites:\n  core: { run: './b \"x\"', env: { A: 'b' }, cases: [1, \"é\"] }\nbudgets:\n  \"*\": { "
      "wall_time: { "
      "max: 12 ms } }\n";
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto loaded = parse(std::string_view(good).substr(0, size), "f", support::k_vocabulary);
    if (!loaded) {
      EXPECT_FALSE(loaded.error().what.empty()) << size;
    }
  }
}

TEST(HostileConfig, EveryByteReplacedEndsInAnAnswer) {
  const std::string good = "version: 1\nsuites:\n  core: { run: ./b, env: { A: 'b' } }\nbudgets:\n  \"*\": +5%\n";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const char c : {'\0', '\t', '\n', '*', '&', '{', ']', '"', '\'', ':', '%', '\x80', '-', '>', '!'}) {
      std::string bad = good;
      bad[at] = c;
      const auto loaded = parse(bad, "f", support::k_vocabulary);
      if (!loaded) {
        EXPECT_FALSE(loaded.error().text().empty());
      }
    }
}

}  // namespace
}  // namespace perfwarden::config
