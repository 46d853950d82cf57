#include "config/overrides.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array k_environment_keys = std::to_array<std::string_view>({
    "project",
    "mode",
    "defaults.build",
    "defaults.setup",
    "defaults.shell",
    "defaults.iterations",
    "defaults.iterations.min",
    "defaults.iterations.max",
    "defaults.iterations.max-time",
    "defaults.warmup",
    "defaults.timeout",
    "defaults.pin.cpus",
    "benchmarks.vanished",
    "benchmarks.new",
    "statistics.confidence",
    "statistics.significance",
    "statistics.correction",
    "statistics.min-effect",
    "statistics.high-effect",
    "statistics.unstable-cv",
    "statistics.false-alarms",
    "statistics.inconclusive",
    "machine.pin",
    "machine.governor",
    "machine.turbo",
    "machine.smt",
    "machine.aslr",
    "machine.thp",
    "machine.irq",
    "profile-gates.cpu-regression.warn",
    "profile-gates.cpu-regression.soft",
    "profile-gates.cpu-regression.hard",
    "profile-gates.cpu-regression.of",
    "profile-gates.allocation-regression.warn",
    "profile-gates.allocation-regression.soft",
    "profile-gates.allocation-regression.hard",
    "profile-gates.allocation-regression.of",
    "profile-gates.new-hotspot.warn",
    "profile-gates.new-hotspot.soft",
    "profile-gates.new-hotspot.hard",
    "profile-gates.new-hotspot.of",
    "profile-gates.stack-depth.warn",
    "profile-gates.stack-depth.soft",
    "profile-gates.stack-depth.hard",
    "profile-gates.stack-depth.of",
    "patterns",
    "baseline.strategy",
    "baseline.branch",
    "baseline.directory",
    "baseline.file",
    "baseline.match-machine",
    "baseline.missing",
    "build-cache",
    "build-cache.directory",
    "build-cache.key",
    "build-cache.limit",
    "report.directory",
    "report.templates",
    "report.comment",
    "report.label",
    "report.formats",
    "overrides.label",
    "overrides.allow",
    "overrides.require-reason",
    "history",
});

constexpr std::array k_reserved = std::to_array<std::string_view>(
    {"PERFWARDEN_BASE", "PERFWARDEN_COLOR", "PERFWARDEN_COMMAND", "PERFWARDEN_CONFIG", "PERFWARDEN_KEEP",
     "PERFWARDEN_OUTPUT", "PERFWARDEN_SHARD", "PERFWARDEN_TIER", "PERFWARDEN_TOKEN"});

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

// GitHub makes the variable of an input by upper-casing it; dots and dashes stay.
std::string normalised(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '-' || c == '.' || c == ' ') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

const std::string_view* key_of_variable(std::string_view name) {
  const std::string wanted = normalised(name);
  for (const std::string_view& key : k_environment_keys)
    if (variable_of(key) == wanted) return &key;
  return nullptr;
}

Error unknown_variable(const std::string& name) {
  std::vector<std::string> known;
  known.reserve(std::size(k_environment_keys) + std::size(k_reserved));
  for (const std::string_view key : k_environment_keys) known.push_back(std::string(k_own) + variable_of(key));
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

std::span<const std::string_view> environment_keys() {
  return k_environment_keys;
}

std::span<const std::string_view> reserved_variables() {
  return k_reserved;
}

std::string variable_of(std::string_view key) {
  return normalised(key);
}

Result<std::vector<ValueOverride>> overrides_of(const os::Environment& environment) {
  std::vector<ValueOverride> own, inputs, gates;
  std::optional<Error> error;
  for (const auto& [name, value] : environment.all()) {
    if (value.empty()) continue;  // as unset: GitHub cannot tell the two apart for inputs
    const std::string origin = "environment " + name;
    if (name.starts_with(k_gate)) {
      std::string key = text::replace_all(text::lower(name.substr(k_gate.size())), "_", "-");
      gates.push_back({std::string(k_gate_prefix) + key, value, origin});
    } else if (name.starts_with(k_input)) {
      if (const auto* key = key_of_variable(std::string_view(name).substr(k_input.size())))
        inputs.push_back({std::string(*key), value, origin});
    } else if (name.starts_with(k_own)) {
      if (std::find(k_reserved.begin(), k_reserved.end(), name) != k_reserved.end()) continue;
      const auto* key = key_of_variable(std::string_view(name).substr(k_own.size()));
      if (key && variable_of(*key) == name.substr(k_own.size())) {
        own.push_back({std::string(*key), value, origin});
      } else if (Error one = unknown_variable(name); !error) {
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
