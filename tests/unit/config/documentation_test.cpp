// What people and the environment know of keys, and what verbs read beside them.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "config/key.hpp"
#include "config/overrides.hpp"
#include "support/fakes.hpp"
#include "support/vocabulary.hpp"

namespace perfwarden::config {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

std::set<std::string> known_variables() {
  std::set<std::string> names;
  for (const std::string_view name : reserved_variables()) names.emplace(name);
  for (const std::string& key : environment_keys()) names.insert("PERFWARDEN_" + variable_of(key));
  return names;
}

TEST(ConfigKeys, EachSaysWhatItDoesAndWhatMayStandThere) {
  std::size_t found = 0;
  walk(keys(support::k_vocabulary), [&](const std::string& path, const Key& key) {
    if (key.refused) return;
    ++found;
    EXPECT_GT(key.sentence.size(), 6U) << path;
    EXPECT_FALSE(key.sentence.ends_with('.')) << path;
    EXPECT_FALSE(key.value.empty()) << path;
    EXPECT_TRUE(!key.schema.empty() || !key.keys.empty() || path == "budgets.<glob>.<metric>") << path;
  });
  EXPECT_GT(found, 100U);
}

TEST(ConfigKeys, NamesWithinOneMappingAreUnique) {
  Names paths;
  walk(keys(support::k_vocabulary),
       [&](const std::string& path, const Key&) { EXPECT_TRUE(paths.insert(path).second) << path; });
}

TEST(ConfigKeys, OnlyTheBuildCacheIsNeverAPullRequestsOwnToSay) {
  std::vector<std::string> base_only;
  walk(keys(support::k_vocabulary), [&](const std::string& path, const Key& key) {
    if (key.trust == Trust::base_only) base_only.push_back(path);
  });
  EXPECT_EQ(base_only, (std::vector<std::string>{"analysis", "build-cache", "publish"}));
}

TEST(ConfigKeys, VariablesAreThoseOfKeysThatTheUserDidNotName) {
  const std::vector<std::string> names = environment_keys();
  const auto has = [&](const char* key) { return std::find(names.begin(), names.end(), key) != names.end(); };
  for (const char* key : {"mode", "defaults.iterations", "defaults.iterations.min", "build-cache", "build-cache.limit",
                          "profile-gates.stack-depth.warn", "history"})
    EXPECT_TRUE(has(key)) << key;
  for (const char* key : {"version", "suites", "metrics", "budgets", "defaults.env", "profile-gates.stack-depth.of"})
    EXPECT_FALSE(has(key)) << key;
}

TEST(ConfigKeys, WhatVerbsReadFromTheEnvironmentIsNotAnUnknownVariable) {
  const Names known = known_variables();
  static const std::regex call("input\\(world, \"([a-z-]+)\"\\)");
  std::size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(support::source_path("src/app"))) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = support::slurp(entry.path());
    for (std::sregex_iterator it(source.begin(), source.end(), call), end; it != end; ++it, ++found)
      EXPECT_TRUE(known.contains("PERFWARDEN_" + variable_of((*it)[1].str()))) << entry.path() << ": " << (*it)[0];
  }
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace perfwarden::config
