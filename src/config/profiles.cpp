#include <fmt/format.h>

#include "base/text.hpp"
#include "config/reader.hpp"
#include "config/run_options.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 6> k_profile_keys{"with",      "command",    "when",
                                                         "frequency", "call-graph", "baseline"};
constexpr std::array<Choice<ProfileWhen>, 3> k_when{
    {{"flagged", ProfileWhen::flagged}, {"always", ProfileWhen::always}, {"never", ProfileWhen::never}}};
constexpr std::array<Choice<std::string_view>, 2> k_call_graphs{{{"fp", "fp"}, {"dwarf", "dwarf"}}};
constexpr std::array<std::string_view, 7> k_gate_keys{
    "cpu-regression", "allocation-regression", "new-hotspot", "stack-depth", "functions", "packages", "owners"};
constexpr std::array<std::string_view, 2> k_narrow_gates{"cpu-regression", "allocation-regression"};
constexpr std::array<std::string_view, 4> k_profile_limit_keys{"warn", "soft", "hard", "of"};
constexpr std::array<Choice<ProfileCost>, 2> k_costs{{{"self", ProfileCost::self}, {"total", ProfileCost::total}}};
constexpr int k_max_frequency = 50'000;
constexpr int k_max_frames = 4096;
constexpr std::size_t k_max_rules = 1000;

const std::vector<std::string>& recorders() {
  static const std::vector<std::string> names{"perf", "heaptrack", "off"};
  return names;
}

bool holds_profile(const CommandLine& command) {
  const auto has = [](const std::string& word) { return word.find("{profile}") != std::string::npos; };
  return has(command.shell) || std::any_of(command.argv.begin(), command.argv.end(), has);
}

// GateReader reads the mapping of gates on profiles.
class GateReader {
 public:
  GateReader(Reader& reader, ProfileGates& out) : reader_(reader), out_(out) {}

  void read_gate(const Node& key, const Node& node, ProfileScope scope, const std::string& glob,
                 const std::string& path) {
    ProfileRule rule;
    rule.gate = key.text;
    rule.scope = scope;
    rule.glob = glob;
    rule.where = reader_.source.position(key.place);
    if (is_off(node)) {
      reader_.record(path, "off", reader_.origin(&node));
    } else if (node.kind == Node::Kind::map) {
      if (!read_levels(key, node, path, rule)) return;
    } else {
      const auto limit = read_limit(rule.gate, node, key.text);
      if (!limit) return;
      rule.soft = limit;
      reader_.record(path + ".soft", printed(rule.gate, *limit), reader_.origin(&node));
    }
    if (out_.rules.size() >= k_max_rules)
      return reader_.problem(key, fmt::format("more than {} limits on profiles", k_max_rules), "use globs");
    out_.rules.push_back(std::move(rule));
  }

 private:
  static bool counts_frames(std::string_view gate) { return gate == "stack-depth"; }

  static std::string printed(std::string_view gate, double limit) {
    return counts_frames(gate) ? fmt::format("{:.10g}", limit) : print_percent(limit);
  }

  std::optional<double> read_limit(std::string_view gate, const Node& node, std::string_view key) {
    if (!counts_frames(gate)) return reader_.percent(node, key, {0.01, 100});
    const auto frames = reader_.integer(node, key, 1, k_max_frames);
    return frames ? std::optional<double>(*frames) : std::nullopt;
  }

  bool read_levels(const Node& key, const Node& node, const std::string& path, ProfileRule& rule) {
    const Section section(reader_, &node, path, fmt::format("'{}'", text::one_line(key.text)), k_profile_limit_keys);
    const auto take = [&](std::string_view name, std::optional<double>& target) {
      const Node* given = section.find(name);
      if (given == nullptr) return;
      target = read_limit(rule.gate, *given, name);
      if (target) reader_.record(section.path(name), printed(rule.gate, *target), reader_.origin(given));
    };
    take("warn", rule.warn);
    take("soft", rule.soft);
    take("hard", rule.hard);
    if (const Node* of = section.find("of")) {
      rule.cost = reader_.choice(*of, "of", k_costs).value_or(rule.cost);
      reader_.record(section.path("of"), word_of(rule.cost, k_costs), reader_.origin(of));
    }
    const bool any = rule.warn || rule.soft || rule.hard;
    if (!any && section.all_known())
      reader_.problem(node, fmt::format("'{}' has no limit", text::one_line(key.text)),
                      "write warn, soft or hard, or off instead of the mapping");
    const bool ordered = !(rule.warn && rule.soft && *rule.warn > *rule.soft) &&
                         !(rule.soft && rule.hard && *rule.soft > *rule.hard) &&
                         !(rule.warn && rule.hard && *rule.warn > *rule.hard);
    if (!ordered)
      reader_.problem(node, fmt::format("the levels of '{}' are out of order", text::one_line(key.text)),
                      "warn must come first and hard last: { warn: 2%, soft: 5%, hard: 10% }");
    return any && ordered;
  }

  Reader& reader_;
  ProfileGates& out_;
};

void read_narrow(Reader& reader, GateReader& gates, const Section& section, std::string_view key, ProfileScope scope) {
  const Node* node = section.find(key);
  if (node == nullptr || !reader.is_map(*node, fmt::format("'{}'", key))) return;
  for (std::size_t i = 0; i < node->keys.size(); ++i) {
    const Node& glob = node->keys[i];
    if (glob.kind != Node::Kind::scalar) continue;
    if (glob.text.empty()) {
      reader.problem(glob, "an empty glob matches nothing", "write \"**\" for everything");
      continue;
    }
    const std::string path = section.path(key) + "." + glob.text;
    const Section inner(reader, &node->items[i], path, fmt::format("'{}'", text::one_line(glob.text)), k_narrow_gates);
    if (inner.node() == nullptr) continue;
    if (inner.node()->keys.empty())
      reader.problem(*inner.node(), fmt::format("'{}' has no gate", text::one_line(glob.text)),
                     "write cpu-regression or allocation-regression");
    for (std::size_t g = 0; g < inner.node()->keys.size(); ++g) {
      const Node& gate = inner.node()->keys[g];
      if (std::find(k_narrow_gates.begin(), k_narrow_gates.end(), gate.text) != k_narrow_gates.end())
        gates.read_gate(gate, inner.node()->items[g], scope, glob.text, inner.path(gate.text));
    }
  }
}

}  // namespace

Profiling read_profiling(Reader& reader, const Section& suite) {
  Profiling out;
  const Node* node = suite.find("profile");
  const bool map = node != nullptr && node->kind == Node::Kind::map;
  if (node != nullptr && !map) {
    if (!is_off(*node)) {
      const auto with = reader.one_of(*node, "profile", recorders());
      if (with && *with != "off") out.with = *with;
    }
    reader.record(suite.path("profile.with"), out.with.empty() ? "off" : out.with, reader.origin(node));
    return out;
  }
  if (!map) return out;
  Section section(reader, node, suite.path("profile"), "'profile'", k_profile_keys);
  section.take(
      "command", out.command, [&](const Node& n, std::string_view k) { return read_command(reader, n, k, false); },
      print_command);
  const Node* command = section.find("command");
  const Node* with = section.find("with");
  if (command != nullptr) {
    out.with = "command";
    if (with != nullptr) reader.problem(*with, "'with' and 'command' are two ways to profile", "take one of them out");
    if (!out.command.empty() && !holds_profile(out.command))
      reader.problem(*command, "'command' does not say where its profile goes",
                     "put {profile} where the name of the file to write belongs");
  } else if (with != nullptr) {
    if (!is_off(*with))
      if (const auto word = reader.one_of(*with, "with", recorders()); word && *word != "off") out.with = *word;
    reader.record(section.path("with"), out.with.empty() ? "off" : out.with, reader.origin(with));
  } else if (section.all_known()) {
    reader.problem(*node, "'profile' does not say with what", "write with: perf, with: heaptrack, or a command");
  }
  section.take_choice("when", out.when, k_when);
  section.take(
      "frequency", out.frequency,
      [&](const Node& n, std::string_view k) { return reader.integer(n, k, 1, k_max_frequency); },
      [](int value) { return std::to_string(value); });
  std::string_view call_graph = out.call_graph;
  section.take_choice("call-graph", call_graph, k_call_graphs);
  out.call_graph = call_graph;
  section.take(
      "baseline", out.baseline, [&](const Node& n, std::string_view k) { return reader.inner_path(n, k); },
      [](const std::string& value) { return value; });
  return out;
}

void read_profile_gates(Reader& reader, const Node* node) {
  ProfileGates& out = reader.loaded.config.profile_gates;
  const Section section(reader, node, "profile-gates", "'profile-gates'", k_gate_keys);
  GateReader gates(reader, out);
  for (const std::string_view gate : {"cpu-regression", "allocation-regression", "new-hotspot", "stack-depth"})
    if (const Node* given = section.find(gate))
      gates.read_gate(*section.node()->key(gate), *given, ProfileScope::function, "**", section.path(gate));
  read_narrow(reader, gates, section, "functions", ProfileScope::function);
  read_narrow(reader, gates, section, "packages", ProfileScope::package);
  read_narrow(reader, gates, section, "owners", ProfileScope::owner);
}

void read_patterns_file(Reader& reader, const Node* node) {
  std::string& out = reader.loaded.config.patterns;
  if (node != nullptr) out = reader.inner_path(*node, "patterns").value_or("");
  reader.record("patterns", out, reader.origin(node));
}

}  // namespace perfwarden::config
