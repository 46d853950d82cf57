#include "config/overrides.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

#include "base/text.hpp"
#include "config/key.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array k_reserved = std::to_array<std::string_view>(
    {"PERFWARDEN_BASE", "PERFWARDEN_COLOR", "PERFWARDEN_COMMAND", "PERFWARDEN_CONFIG", "PERFWARDEN_KEEP",
     "PERFWARDEN_MATRIX", "PERFWARDEN_NAME", "PERFWARDEN_OUTPUT", "PERFWARDEN_SHARD", "PERFWARDEN_TIER",
     "PERFWARDEN_TOKEN",
     // Secrets of notifiers.
     "PERFWARDEN_GITLAB_TOKEN", "PERFWARDEN_JIRA_TOKEN", "PERFWARDEN_SLACK_WEBHOOK", "PERFWARDEN_SMTP_PASSWORD",
     "PERFWARDEN_TEAMS_WEBHOOK", "PERFWARDEN_WEBHOOK_SECRET"});

constexpr std::string_view k_own = "PERFWARDEN_", k_input = "INPUT_", k_gate = "AI_GATE_";

// A budget's glob may hold dots, so it is never cut.
std::vector<std::string> segments_of(std::string_view key) {
  constexpr std::string_view k_budgets = "budgets.";
  if (key.starts_with(k_budgets)) return {"budgets", std::string(key.substr(k_budgets.size()))};
  std::vector<std::string> out;
  for (const std::string_view part : text::split(key, '.')) out.emplace_back(part);
  return out;
}

Node scalar(std::string text, const Place& place) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::move(text);
  node.place = place;
  return node;
}

void put(Node& map, const std::string& key, Node value) {
  for (std::size_t i = 0; i < map.keys.size(); ++i)
    if (map.keys[i].text == key) {
      map.items[i] = std::move(value);
      return;
    }
  map.keys.push_back(scalar(key, value.place));
  map.items.push_back(std::move(value));
}

// The mapping at `key`, made if it is missing. `iterations: 20` and `build-cache: DIR` become their long forms, so that
// one part can be replaced; any other value gives way.
Node& descend(Node& map, const std::string& key, const Place& place) {
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    if (map.keys[i].text != key) continue;
    Node& item = map.items[i];
    if (item.kind == Node::Kind::map) return item;
    Node wide;
    wide.kind = Node::Kind::map;
    wide.place = place;
    if (key == "build-cache" && item.kind == Node::Kind::scalar && item.text != "off") {
      put(wide, "directory", item);
    } else if (key == "iterations" && item.kind == Node::Kind::scalar) {
      put(wide, "min", item);
      put(wide, "max", item);
    }
    item = std::move(wide);
    return item;
  }
  Node fresh;
  fresh.kind = Node::Kind::map;
  fresh.place = place;
  map.keys.push_back(scalar(key, place));
  map.items.push_back(std::move(fresh));
  return map.items.back();
}

Error unknown_variable(const std::string& name, const std::map<std::string, std::string>& keys) {
  std::vector<std::string> known;
  known.reserve(keys.size() + k_reserved.size());
  for (const auto& [variable, key] : keys) known.push_back(std::string(k_own) + variable);
  for (const std::string_view reserved : k_reserved) known.emplace_back(reserved);
  std::string hint =
      "a variable sets the key of perfwarden.yml with '_' for '.' and '-', like PERFWARDEN_STATISTICS_CONFIDENCE";
  if (const auto near = text::nearest(name, known))
    hint = fmt::format("did you mean {}?", *near);
  else if (name.starts_with("PERFWARDEN_SUITES_") || name.starts_with("PERFWARDEN_BUDGETS_"))
    hint = "suites, metrics and budgets are set in perfwarden.yml only";
  return {.kind = ErrorKind::config,
          .what = fmt::format("unknown variable '{}'", text::one_line(name)),
          .where = "environment " + text::one_line(name),
          .hint = std::move(hint)};
}

}  // namespace

std::span<const std::string_view> reserved_variables() {
  return k_reserved;
}

// GitHub makes the variable of an input by upper-casing it; dots and dashes stay.
std::string variable_of(std::string_view key) {
  std::string out(key);
  for (char& c : out) {
    if (c == '-' || c == '.' || c == ' ') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

Result<std::vector<ValueOverride>> overrides_of(const os::Environment& environment) {
  std::map<std::string, std::string> keys;  // by what follows PERFWARDEN_
  for (const std::string& key : environment_keys()) keys[variable_of(key)] = key;
  std::vector<ValueOverride> own, inputs, gates;
  std::optional<Error> error;
  for (const auto& [name, value] : environment.all()) {
    if (value.empty()) continue;  // as unset: GitHub cannot tell the two apart for inputs
    const std::string origin = "environment " + name;
    if (name.starts_with(k_gate)) {
      std::string key = text::replace_all(text::lower(name.substr(k_gate.size())), "_", "-");
      gates.push_back({std::string(k_gate_prefix) + key, value, origin});
    } else if (name.starts_with(k_input)) {
      if (const auto key = keys.find(variable_of(name.substr(k_input.size()))); key != keys.end())
        inputs.push_back({key->second, value, origin});
    } else if (name.starts_with(k_own)) {
      if (std::find(k_reserved.begin(), k_reserved.end(), name) != k_reserved.end()) continue;
      if (const auto key = keys.find(name.substr(k_own.size())); key != keys.end()) {
        own.push_back({key->second, value, origin});
      } else if (Error one = unknown_variable(name, keys); !error) {
        error = std::move(one);
      } else {
        error->hint += (error->hint.empty() ? "" : "\n") + one.text();
      }
    }
  }
  if (error) return std::move(*error);
  // An input of the action is nearer to the run than a variable of the job.
  own.insert(own.end(), inputs.begin(), inputs.end());
  own.insert(own.end(), gates.begin(), gates.end());
  return own;
}

void apply_overrides(Node& root, const std::vector<ValueOverride>& overrides) {
  for (const ValueOverride& one : overrides) {
    if (one.key.starts_with(k_gate_prefix)) continue;
    const Place place{0, 0, one.origin};
    const std::vector<std::string> segments = segments_of(one.key);
    Node* map = &root;
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) map = &descend(*map, segments[i], place);
    put(*map, segments.back(), scalar(one.value, place));
  }
}

}  // namespace perfwarden::config
