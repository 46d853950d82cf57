// config/README.md, the schema, and the lists kept in src/config say the same.

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "base/text.hpp"
#include "config/load.hpp"
#include "config/names.hpp"
#include "config/overrides.hpp"
#include "support/fakes.hpp"

namespace perfwarden::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Names = std::set<std::string>;

const Json& document() {
  static const Json parsed = Json::parse(schema());
  return parsed;
}

// How a mapping with free keys is written in the README.
std::string placeholder(const std::string& path) {
  if (path == "suites") return "<name>";
  if (path == "metrics" || path == "budgets.<glob>") return "<metric>";
  return path == "budgets" || path.starts_with("profile-gates.") ? "<glob>" : "<variable>";
}

// Every dotted path that the schema lets a file have. Commands in their long form are described once, in words.
void collect(const Json& node, const std::string& path, Names& out) {
  if (node.contains("$ref")) {
    const std::string name = node["$ref"].get<std::string>().substr(std::string("#/definitions/").size());
    if (name != "command") collect(document()["definitions"][name], path, out);
    return;
  }
  for (const char* several : {"allOf", "anyOf"})
    if (node.contains(several))
      for (const Json& one : node[several]) collect(one, path, out);
  const auto enter = [&](const std::string& key, const Json& child) {
    const std::string inner = path.empty() ? key : path + "." + key;
    out.insert(inner);
    collect(child, inner, out);
  };
  if (node.contains("properties"))
    for (const auto& [key, child] : node["properties"].items()) enter(key, child);
  if (node.contains("additionalProperties") && node["additionalProperties"].is_object())
    enter(placeholder(path), node["additionalProperties"]);
}

Names schema_paths() {
  Names out;
  collect(document(), "", out);
  return out;
}

void expect_described(const Json& node, const std::string& where) {
  if (!node.contains("properties")) return;
  for (const auto& [key, child] : node["properties"].items())
    EXPECT_TRUE(child.contains("description") && child["description"].get<std::string>().size() > 8)
        << where << "." << key;
}

// Stems of the rows in a folder of src, as users write them.
Names rows_of(const std::string& folder) {
  Names out;
  for (const auto& entry : fs::directory_iterator(support::source_path("src/" + folder)))
    if (entry.path().extension() == ".cpp") out.insert(text::replace_all(entry.path().stem(), "_", "-"));
  return out;
}

template <class List>
Names names_of(const List& list) {
  return {list.begin(), list.end()};
}

Names enum_of(const Json& node) {
  Names out;
  for (const Json& word : node["enum"]) out.insert(word.get<std::string>());
  return out;
}

TEST(ConfigDocumentation, ReadmeListsExactlyTheKeysOfTheSchema) {
  Names listed;
  const std::string readme = support::slurp(support::source_path("config/README.md"));
  const std::string keys = readme.substr(readme.find("## Keys"), readme.find("## Commands") - readme.find("## Keys"));
  static const std::regex row("\\| `([^`]+)` \\|.*");
  for (const std::string_view line : text::lines(keys)) {
    std::smatch match;
    const std::string text(line);
    if (std::regex_match(text, match, row)) listed.insert(match[1]);
  }
  const Names expected = schema_paths();
  EXPECT_GT(expected.size(), 60U);
  for (const std::string& path : expected) EXPECT_EQ(listed.count(path), 1U) << path << " is not in config/README.md";
  for (const std::string& path : listed) EXPECT_EQ(expected.count(path), 1U) << path << " is not in the schema";
}

TEST(ConfigDocumentation, EveryKeyOfTheSchemaHasADescription) {
  expect_described(document(), "");
  for (const auto& [key, child] : document()["properties"].items()) expect_described(child, key);
  for (const auto& [key, child] : document()["definitions"].items()) expect_described(child, key);
}

TEST(ConfigDocumentation, ReadmeNamesEveryVariableThatIsNoKey) {
  const std::string readme = support::slurp(support::source_path("config/README.md"));
  for (const std::string_view name : reserved_variables())
    EXPECT_NE(readme.find("`" + std::string(name) + "`"), std::string::npos) << name;
}

TEST(ConfigDocumentation, EveryEnvironmentKeyIsInTheSchemaAndEveryFixedKeyHasItsVariable) {
  const Names paths = schema_paths();
  const Names keys = names_of(environment_keys());
  for (const std::string& key : keys) EXPECT_EQ(paths.count(key), 1U) << key;
  for (const std::string& path : paths) {
    const bool is_free = path.find('<') != std::string::npos;
    const std::string below = path + ".";
    const auto next = paths.lower_bound(below);
    const bool has_keys = next != paths.end() && next->starts_with(below) && path != "defaults.iterations";
    const bool elsewhere = path == "version" || path == "suites" || path == "metrics" || path == "budgets";
    if (!is_free && !has_keys && !elsewhere) {
      EXPECT_EQ(keys.count(path), 1U) << path << " has no variable";
    }
  }
}

TEST(ConfigDocumentation, ParsersAreTheRowsOfIngest) {
  Names expected = rows_of("ingest/formats");
  expected.insert("auto");
  EXPECT_EQ(names_of(k_parsers), expected);
  Names in_schema = enum_of(document()["definitions"]["suite"]["properties"]["parser"]["anyOf"][0]);
  in_schema.insert("regex");
  EXPECT_EQ(in_schema, expected);
}

TEST(ConfigDocumentation, ReportFormatsAreTheRenderersThatWriteFiles) {
  Names expected = rows_of("report/renderers");
  expected.erase("terminal");
  EXPECT_EQ(names_of(k_report_formats), expected);
  EXPECT_EQ(enum_of(document()["properties"]["report"]["properties"]["formats"]["items"]), expected);
}

TEST(ConfigDocumentation, WhatVerbsReadFromTheEnvironmentIsNoUnknownVariable) {
  Names known = names_of(reserved_variables());
  for (const std::string_view key : environment_keys()) known.insert("PERFWARDEN_" + variable_of(key));
  static const std::regex call("input\\(world, \"([a-z-]+)\"\\)");
  std::size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(support::source_path("src/app"))) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = support::slurp(entry.path());
    for (std::sregex_iterator it(source.begin(), source.end(), call), end; it != end; ++it, ++found)
      EXPECT_EQ(known.count("PERFWARDEN_" + variable_of((*it)[1].str())), 1U) << entry.path() << ": " << (*it)[0];
  }
  EXPECT_GT(found, 0U);
}

TEST(ConfigDocumentation, InputsOfTheActionAreKeysOrReadByVerbs) {
  Names known;
  for (const std::string_view key : environment_keys()) known.insert(variable_of(key));
  for (const std::string_view name : reserved_variables()) known.insert(std::string(name.substr(11)));
  const std::string action = support::slurp(support::source_path("action.yml"));
  const std::size_t begin = action.find("\ninputs:"), end = action.find("\noutputs:");
  ASSERT_LT(begin, end);
  static const std::regex input("\n  ([a-z.-]+):");
  const std::string inputs = action.substr(begin, end - begin);
  std::size_t found = 0;
  for (std::sregex_iterator it(inputs.begin(), inputs.end(), input), last; it != last; ++it, ++found)
    EXPECT_EQ(known.count(variable_of((*it)[1].str())), 1U) << (*it)[1];
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace perfwarden::config
