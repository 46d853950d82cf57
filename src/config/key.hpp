#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace perfwarden::config {

// Whose word counts on a pull request (docs/security.md).
enum class Trust {
  base,       // the base commit's file; where base has none, the pull request's own, in observe mode
  base_only,  // the base commit's file only: a pull request's own never sets it
};

// A Key is one row of the table of keys: what documents, schema and environment say about one key of perfwarden.yml.
// How the key is read is in its Field. Texts are Markdown.
struct Key {
  std::string name{};      // "<glob>" where the user chooses the names; empty: the file itself
  std::string value{};     // the allowed values: "50% to 99.99%", "`lower`, `higher`"
  std::string range{};     // the part of `value` that the schema cannot express
  std::string preset{};    // the default; empty = none
  std::string sentence{};  // what it does, without a capital and a full stop
  std::string more{};      // for config/README.md only: where to read on
  std::string schema{};    // JSON: values that are not mappings; empty = a mapping only
  std::string mapping{};   // JSON: constraints on the mapping apart from its keys
  std::string names{};     // JSON: allowed names, where the user chooses them
  std::vector<Key> keys{};
  Trust trust = Trust::base;
  bool whole = false;      // `schema` covers the mapping too
  bool file_only = false;  // no PERFWARDEN_<KEY> and no INPUT_<KEY>
  bool input = false;      // an input that action.yml declares
  bool refused = false;    // it would have no effect: an error wherever it occurs
  bool folded = false;     // config/README.md describes the keys below it elsewhere
  bool example = false;    // the one of many keys of the same shape that config/README.md shows; the schema has all
};

// Placeholders for names of rows in texts; keys() replaces them.
inline constexpr std::string_view k_parsers = "@parsers@", k_report_formats = "@report-formats@";

// Calls `visit` with the dotted path of every key, in the table's order, a mapping before its own keys.
void walk(const Key& root, const std::function<void(const std::string& path, const Key& key)>& visit);

// The whole table.
[[nodiscard]] Key keys(const Vocabulary& vocabulary);

// The dotted mappings in which a key of that name is known, in the table's order; "" is the file itself.
[[nodiscard]] std::vector<std::string> places_of(std::string_view name);

// Dotted keys that a variable of the environment can give.
[[nodiscard]] std::vector<std::string> environment_keys();

}  // namespace perfwarden::config
