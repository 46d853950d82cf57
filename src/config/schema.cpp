#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_unit_pattern =
    "ps|ns|us|µs|μs|ms|s|sec|min|h|B|bytes|kB|KB|KiB|MB|MiB|GB|GiB|TB|TiB|op/s|ops/s|ops/sec|1/s|items/s|req/s|/s|Hz|"
    "kop/s|Mop/s|Gop/s|ops/ms|ops/us|ops/ns|B/s|kB/s|KB/s|KiB/s|MB/s|MiB/s|GB/s|GiB/s|ns/op|ns/iter|B/op|allocs/op|J|"
    "mJ|uJ|µJ|1";

// Kinds of values that many keys share. A change below -100% is not valid.
constexpr std::string_view k_definitions = R"({
  "duration": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|min|h|d|w|y)$"},
  "change": {
    "description": "Largest allowed change against the baseline, signed in the bad direction: +5%, -5% for throughput, +16 KiB.",
    "type": "string",
    "pattern": "^([+]|-(?!([1-9][0-9]{3,}|[2-9][0-9]{2}|1[1-9][0-9]|10[1-9])(\\.|%)))[0-9]+(\\.[0-9]+)?(%| ?(@units@))$"
  },
  "quantity": {
    "description": "A value with its unit: 12 ms, 256 MiB.",
    "anyOf": [
      {"type": "number", "minimum": 0},
      {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?(%|(@units@))?$"}
    ]
  },
  "command": {
    "anyOf": [
      {"description": "A line, split into words without a shell.", "type": "string", "pattern": "\\S"},
      {"description": "Program and arguments.", "type": "array", "minItems": 1,
       "items": {"type": ["string", "number", "boolean"]}},
      {"description": "A command with its own choice of shell.", "type": "object", "additionalProperties": false,
       "properties": {
         "command": {
           "description": "The line or the list.",
           "anyOf": [
             {"type": "string", "pattern": "\\S"},
             {"type": "array", "minItems": 1, "items": {"type": ["string", "number", "boolean"]}}
           ]
         },
         "shell": {"description": "Hand the line to /bin/sh -c.", "type": "boolean"}
       },
       "required": ["command"]}
    ]
  }
})";

std::string plain(const std::string& markdown) {
  return text::replace_all(markdown, "`", "");
}

// "Level of the intervals …, 50% to 99.99%. Default: 99%."
std::string description_of(const Key& key) {
  std::string out = plain(key.sentence);
  if (out.empty()) return out;
  if (out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (!key.range.empty()) out += ", " + key.range;
  out += ".";
  if (!key.preset.empty() && !key.preset.starts_with("required"))
    out += fmt::format(" Default: {}.", plain(key.preset));
  return out;
}

Json schema_of(const Key& key);

Json mapping_of(const Key& key) {
  Json out{{"type", "object"}};
  Json properties = Json::object();
  Json others = false;
  for (const Key& one : key.keys) {
    if (one.example || one.refused) continue;
    if (!one.name.starts_with('<')) {
      properties[one.name] = schema_of(one);
      continue;
    }
    others = schema_of(one);
    if (!one.names.empty()) out["propertyNames"] = Json::parse(one.names);
  }
  out["additionalProperties"] = others;
  if (!properties.empty()) out["properties"] = std::move(properties);
  if (!key.mapping.empty()) out.update(Json::parse(key.mapping));
  return out;
}

Json schema_of(const Key& key) {
  Json forms = Json::array();
  if (!key.schema.empty()) {
    Json given = Json::parse(key.schema);
    if (given.size() == 1 && given.contains("anyOf"))
      forms = std::move(given["anyOf"]);
    else
      forms.push_back(std::move(given));
  }
  if (!key.keys.empty() && !key.whole) forms.push_back(mapping_of(key));
  Json out = Json::object();
  if (const std::string description = description_of(key); !description.empty()) out["description"] = description;
  if (forms.size() != 1)
    out["anyOf"] = std::move(forms);
  else if (forms[0].contains("$ref"))  // beside which draft-07 ignores everything
    out["allOf"] = std::move(forms);
  else
    out.update(forms[0]);
  return out;
}

// The limits of a budget, for the schema of its glob to refer to.
Json limit_schema() {
  return schema_of({.sentence = "limits of one metric, or of every primary metric",
                    .mapping = R"({"minProperties": 1,
                      "dependencies": {"level": {"anyOf": [{"required": ["max"]}, {"required": ["min"]}]}}})",
                    .keys = keys_of(limit_fields())});
}

}  // namespace

std::string schema(const Vocabulary& vocabulary) {
  Json out{{"$schema", "http://json-schema.org/draft-07/schema#"},
           {"$id", "https://raw.githubusercontent.com/perfwarden/perfwarden/main/config/perfwarden.schema.json"},
           {"title", "perfwarden.yml"}};
  out.update(schema_of(keys(vocabulary)));
  out["definitions"] = Json::parse(text::replace_all(std::string(k_definitions), "@units@", k_unit_pattern));
  out["definitions"]["limit"] = limit_schema();
  return out.dump(2) + "\n";
}

}  // namespace perfwarden::config
