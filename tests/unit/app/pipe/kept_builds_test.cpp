#include "app/pipe/kept_builds.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

// All that goes into a key, to be changed one thing at a time.
struct Whole {
  std::string tree = "1111", worktree = "/w/a/1111", directory = "/w/a/1111/sub", extra;
  os::Tree checkout{{os::TreeEntry::Kind::file, "main.c", 0644, 3, 5, "abc"}};
  Plan plan;
  os::Command like;

  Whole() {
    Suite suite;
    suite.name = "core";
    suite.build.argv = {"make", "all"};
    suite.env = {{"OPTIMIZE", "2"}};
    plan.suites = {suite};
    like.env = {{"PATH", "/nonexistent"}, {"CFLAGS", "-O2"}};
  }
  [[nodiscard]] std::string digest() const {
    support::FakeProcesses processes;
    return checkout::digest_of(build_key(processes, {tree, worktree, directory, &checkout, extra}, plan, like));
  }
};

TEST(BuildKey, IsTheSameForTheSame) {
  EXPECT_EQ(Whole().digest(), Whole().digest());
}

TEST(BuildKey, EveryPartChangesIt) {
  const std::vector<std::function<void(Whole&)>> changes{
      [](Whole& w) { w.tree = "2222"; },
      [](Whole& w) { w.worktree = "/w/b/1111"; },
      [](Whole& w) { w.directory = "/w/a/1111"; },
      [](Whole& w) { w.extra = "libfoo 7"; },
      [](Whole& w) { w.checkout[0].content = "abd"; },
      [](Whole& w) { w.checkout[0].mode = 0755; },
      [](Whole& w) { w.checkout[0].path = "main2.c"; },
      [](Whole& w) { w.checkout.clear(); },
      [](Whole& w) { w.plan.suites[0].name = "other"; },
      [](Whole& w) {
        w.plan.suites[0].build.argv = {"make", "all", "-j4"};
      },
      [](Whole& w) { w.plan.suites[0].build.argv = {"make all"}; },
      [](Whole& w) {
        w.plan.suites[0].build = {{}, "make all"};
      },
      [](Whole& w) { w.plan.suites[0].working_directory = "deeper"; },
      [](Whole& w) { w.plan.suites[0].env["OPTIMIZE"] = "3"; },
      [](Whole& w) { w.plan.suites[0].env.clear(); },
      [](Whole& w) {
        w.plan.suites.push_back(w.plan.suites[0]);
        w.plan.suites[1].name = "second";
      },
      [](Whole& w) { w.like.env["CFLAGS"] = "-O3"; },
      [](Whole& w) { w.like.env["LDFLAGS"] = "-s"; },
      [](Whole& w) { w.like.env["PATH"] = "/nonexistent:/other"; },
      [](Whole& w) { w.plan.align_functions = true; },
  };
  std::set<std::string> digests{Whole().digest()};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Whole whole;
    changes[i](whole);
    EXPECT_TRUE(digests.insert(whole.digest()).second) << "change " << i;
  }
}

TEST(BuildKey, WhatIsOfTheRunAloneDoesNot) {
  const std::string digest = Whole().digest();
  Whole other;
  other.like.env["GITHUB_RUN_ID"] = "77";
  other.like.env["RUNNER_TEMP"] = "/x";
  other.like.env["SHLVL"] = "3";
  other.checkout[0].modified_ns = 99;
  other.plan.suites[0].run.argv = {"./bench"};
  other.plan.suites[0].setup.argv = {"./start"};
  EXPECT_EQ(other.digest(), digest);
  EXPECT_FALSE(is_of_the_run("CC"));
  EXPECT_FALSE(is_of_the_run("MY_GITHUB_FLAVOUR"));
}

TEST(BuildKey, HoldsNoValuesOfVariablesAndConfusesNoBytes) {
  Whole whole;
  whole.like.env["HARMLESS"] = "hunter2";
  support::FakeProcesses processes;
  const checkout::BuildKey key = build_key(
      processes, {whole.tree, whole.worktree, whole.directory, &whole.checkout, whole.extra}, whole.plan, whole.like);
  EXPECT_EQ(key.front(), (std::pair<std::string, std::string>("tree", "1111")));
  for (const auto& [name, value] : key) EXPECT_EQ(value.find("hunter2"), std::string::npos) << name;
  Whole one, two;
  one.extra = "\xff";
  two.extra = "\xfe";
  EXPECT_NE(one.digest(), two.digest()) << "though both print alike";
}

}  // namespace
}  // namespace perfwarden::app
