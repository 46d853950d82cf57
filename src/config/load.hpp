#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "os/environment.hpp"

namespace perfwarden::config {

// Where a value came from: "perfwarden.yml:7:5", "environment PERFWARDEN_MODE", "flag --mode",
// "default".
struct Origin {
  std::string key;    // dotted path: "suites.core.iterations.min"
  std::string value;  // as effective, printable
  std::string origin;
};

// A Loaded is a config, with the origin of each value and warnings.
struct Loaded {
  Config config;
  std::vector<Origin> origins;    // every effective value, in the schema's order
  std::vector<Warning> warnings;  // AI_GATE_* applied, deprecated spellings, …
};

// A ValueOverride is one value given outside the file, under the same dotted key as in the file:
// {"mode", "observe", "flag --mode"}.
struct ValueOverride {
  std::string key, value, origin;
};

// The names of other folders' rows that the file may use; app/ fills them in.
struct Vocabulary {
  std::vector<std::string> parsers;         // ingest/formats
  std::vector<std::string> report_formats;  // report/renderers that write a file
};

// The names tried, in order, when none is given.
inline constexpr std::array<const char*, 2> k_file_names{"perfwarden.yml", ".github/perfwarden.yml"};
// The first of them that is in the directory.
[[nodiscard]] std::optional<std::string> find_file(const std::string& directory);

// Reads YAML. `file_name` is for messages only. All errors of a file are collected: Error (config)
// whose text has every one of them (first 20), each with file:line:column, the offending line, a
// caret and a cure.
[[nodiscard]] Result<Loaded> parse(std::string_view yaml, const std::string& file_name, const Vocabulary& vocabulary,
                                   const std::vector<ValueOverride>& overrides = {});

// Resets the keys that a pull request's own file may never set (Trust::base_only in config/key.hpp).
void distrust(Loaded& loaded);

// PERFWARDEN_<KEY> and INPUT_<KEY> variables, and the AI_GATE_* ones, as overrides. Unknown
// PERFWARDEN_* names are errors with the nearest; unknown INPUT_* are ignored (they may be another
// action's).
[[nodiscard]] Result<std::vector<ValueOverride>> overrides_of(const os::Environment& environment);

[[nodiscard]] std::string schema(const Vocabulary& vocabulary);  // JSON Schema (draft-07) of the file
[[nodiscard]] std::string show(const Loaded& loaded);            // "key = value   # origin", a line each

}  // namespace perfwarden::config
