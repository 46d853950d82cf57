#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr int k_max_frames = 4096;
constexpr std::size_t k_max_rules = 1000;

struct Group {
  std::string_view name;
  ProfileScope scope;
  std::string_view sentence;
};
constexpr std::array k_groups{
    Group{"functions", ProfileScope::function, "limits of functions; the last glob that matches applies"},
    Group{"packages", ProfileScope::package, "limits of packages; the last glob that matches applies"},
    Group{"owners", ProfileScope::owner, "limits of owners; the last glob that matches applies"}};

Type<double> limit_type(bool frames) {
  if (!frames) return percent_type({0.01, 100});
  const Type<int> whole = integer_type(1, k_max_frames);
  return {"frames", whole.schema,
          [whole](Reader& reader, const Node& node, std::string_view key) {
            const auto count = whole.read(reader, node, key);
            return count ? std::optional<double>(*count) : std::nullopt;
          },
          [](double count) { return fmt::format("{:.10g}", count); }};
}

// Whose cost: only functions have two.
Field<ProfileRule> of_field(const ProfileGate& gate, ProfileScope scope) {
  const auto costs = choice_type<ProfileCost>();
  if (!gate.frames && scope == ProfileScope::function)
    return row("of", &ProfileRule::cost, costs, "the function's own cost, or its cost with everything that it calls");
  return special<ProfileRule>({.name = "of", .refused = true}, [gate](const Section& section, ProfileRule&) {
    if (const Node* of = section.find("of"))
      section.reader().problem(
          *of, fmt::format("'of' has no effect on {}", gate.frames ? "'stack-depth'" : "packages and owners"),
          gate.frames ? "take it out: a stack's depth is not a cost of functions"
                      : "take it out: they have only their own cost");
  });
}

Fields<ProfileRule> gate_fields(const ProfileGate& gate, ProfileScope scope) {
  const Type<double> limit = limit_type(gate.frames);
  return {row("warn", &ProfileRule::warn, limit, "beyond it: a warning"),
          row("soft", &ProfileRule::soft, limit,
              "beyond it the run fails, unless a person accepts it with the override label"),
          row("hard", &ProfileRule::hard, limit, "beyond it the run fails, and no label helps"), of_field(gate, scope)};
}

void check_order(Reader& reader, const Node& node, const Node& key, const ProfileRule& rule) {
  const bool ordered = !(rule.warn && rule.soft && *rule.warn > *rule.soft) &&
                       !(rule.soft && rule.hard && *rule.soft > *rule.hard) &&
                       !(rule.warn && rule.hard && *rule.warn > *rule.hard);
  if (!ordered)
    reader.problem(node, fmt::format("the levels of '{}' are out of order", text::one_line(key.text)),
                   "warn must come first and hard last: { warn: 2%, soft: 5%, hard: 10% }");
}

// Reads the gate at `key` of a mapping; `glob` is what its rule is about.
void take_gate(const Section& around, const ProfileGate& gate, ProfileScope scope, const std::string& glob,
               std::vector<ProfileRule>& into) {
  Reader& reader = around.reader();
  const std::string name(gate.name);
  const Node* node = around.find(name);
  if (node == nullptr) return;
  const Node& key = *around.node()->key(name);
  ProfileRule rule;
  rule.gate = name;
  rule.scope = scope;
  rule.glob = glob;
  rule.where = reader.source.position(key.place);
  const Type<double> limit = limit_type(gate.frames);
  if (is_off(*node)) {
    around.record(name, "off", node);
  } else if (node->kind == Node::Kind::map) {
    const Fields<ProfileRule> fields = gate_fields(gate, scope);
    const Section section(reader, node, around.path(name), fmt::format("'{}'", name), names_of(fields),
                          {.only_given = true});
    read(section, fields, rule);
    const auto has = [&](const char* level) { return section.find(level) != nullptr; };
    if (!has("warn") && !has("soft") && !has("hard") && section.all_known())
      reader.problem(*node, fmt::format("'{}' has no limit", name),
                     "write warn, soft or hard, or off instead of the mapping");
    check_order(reader, *node, key, rule);
  } else {
    rule.soft = limit.read(reader, *node, name);
    if (rule.soft) around.record(name + ".soft", limit.print(*rule.soft), node);
  }
  if (into.size() >= k_max_rules)
    return reader.problem(key, fmt::format("more than {} limits on profiles", k_max_rules), "use globs");
  into.push_back(std::move(rule));
}

std::vector<std::string> narrow_gates() {
  std::vector<std::string> names;
  for (const ProfileGate& gate : profile_gates())
    if (gate.groups) names.emplace_back(gate.name);
  return names;
}

void take_group(const Section& section, const Group& group, std::vector<ProfileRule>& into) {
  Reader& reader = section.reader();
  const Node* node = section.find(group.name);
  if (node == nullptr || !reader.is_map(*node, fmt::format("'{}'", group.name))) return;
  static const std::vector<std::string> k_narrow = narrow_gates();
  for (std::size_t i = 0; i < node->keys.size(); ++i) {
    const Node& glob = node->keys[i];
    if (glob.kind != Node::Kind::scalar) continue;
    if (glob.text.empty()) {
      reader.problem(glob, "an empty glob matches nothing", "write \"**\" for everything");
      continue;
    }
    const std::string path = section.path(group.name) + "." + glob.text;
    const Section inner(reader, &node->items[i], path, fmt::format("'{}'", text::one_line(glob.text)), k_narrow);
    if (inner.node() == nullptr) continue;
    if (inner.node()->keys.empty())
      reader.problem(*inner.node(), fmt::format("'{}' has no gate", text::one_line(glob.text)),
                     "write " + text::join(k_narrow, " or "));
    // In the file's order.
    for (const Node& key : inner.node()->keys)
      for (const ProfileGate& gate : profile_gates())
        if (gate.groups && key.text == gate.name) take_gate(inner, gate, group.scope, glob.text, into);
  }
}

std::string preset_of(const ProfileGate& gate) {
  return fmt::format("{}: {}", name_of(gate.level), limit_type(gate.frames).print(gate.limit));
}

Key gate_key(const ProfileGate& gate, ProfileScope scope) {
  const Type<double> limit = limit_type(gate.frames);
  return {.name = std::string(gate.name),
          .value = gate.frames ? "`off`, frames or levels" : "`off`, percentage or levels",
          .preset = scope == ProfileScope::function ? preset_of(gate) : "",
          .sentence = std::string(gate.bounds),
          .schema = fmt::format(R"({{"anyOf": [{{"enum": ["off", false]}}, {}]}})", limit.schema),
          .mapping = R"({"minProperties": 1,
            "anyOf": [{"required": ["warn"]}, {"required": ["soft"]}, {"required": ["hard"]}]})",
          .keys = keys_of(gate_fields(gate, scope)),
          .file_only = true,
          .folded = true};
}

Key group_key(const Group& group) {
  Key glob{.name = "<glob>",
           .value = "mapping",
           .sentence = fmt::format("any of {} as above", code_list(narrow_gates())),
           .mapping = R"({"minProperties": 1})",
           .names = R"({"minLength": 1})",
           .folded = true};
  for (const ProfileGate& gate : profile_gates())
    if (gate.groups) glob.keys.push_back(gate_key(gate, group.scope));
  return {.name = std::string(group.name),
          .value = "mapping of globs",
          .sentence = std::string(group.sentence),
          .keys = {std::move(glob)}};
}

}  // namespace

Field<Config> profile_gates_field() {
  Key key{.name = "profile-gates",
          .value = "mapping",
          .sentence = "limits on how profiles change, for suites with `profile`, in points of the whole profile",
          .more = "see [Profiles](#profiles)"};
  std::vector<std::string> names;
  for (const ProfileGate& gate : profile_gates()) key.keys.push_back(gate_key(gate, ProfileScope::function));
  Key shape{.name = "<gate>",
            .value = "levels",
            .sentence = "levels of one gate; a limit alone is short for `soft`",
            .keys = keys_of(gate_fields(profile_gates().front(), ProfileScope::function)),
            .example = true};
  for (Key& level : shape.keys)
    if (level.name != "of") level.value = "percentage, or frames";
  for (const Group& group : k_groups) key.keys.push_back(group_key(group));
  for (const Key& one : key.keys) names.push_back(one.name);
  key.keys.insert(key.keys.begin() + static_cast<std::ptrdiff_t>(profile_gates().size()), std::move(shape));
  return special<Config>(key, [names](const Section& root, Config& config) {
    const Section section = root.enter("profile-gates", names);
    std::vector<ProfileRule>& rules = config.profile_gates.rules;
    for (const ProfileGate& gate : profile_gates()) take_gate(section, gate, ProfileScope::function, "**", rules);
    for (const Group& group : k_groups) take_group(section, group, rules);
  });
}

}  // namespace perfwarden::config
