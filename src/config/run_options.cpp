#include "config/run_options.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "config/words.hpp"

namespace perfwarden::config {
namespace {

constexpr int k_max_iterations = 10'000;
constexpr int k_max_warmup = 1'000;
constexpr int k_max_cpu = 4'095;
constexpr Range k_duration_s{0.001, 7 * 86400.0};

constexpr std::array<std::string_view, 3> k_iteration_keys{"min", "max", "max-time"};
constexpr std::array<std::string_view, 1> k_pin_keys{"cpus"};
constexpr std::array<std::string_view, 2> k_command_keys{"command", "shell"};

template <class T>
void keep(std::optional<Given<T>>& target, const std::optional<T>& value, const Node* node) {
  if (value) target = Given<T>{*value, node};
}

void read_iterations(Reader& reader, const Section& section, RunOptions& out) {
  const Node* node = section.find("iterations");
  if (!node) return;
  if (node->kind != Node::Kind::map) {
    const auto both = reader.integer(*node, "iterations", 1, k_max_iterations);
    keep(out.least, both, node);
    keep(out.most, both, node);
    return;
  }
  const Section inner(reader, node, section.path("iterations"), "'iterations'", k_iteration_keys);
  const auto bound = [&](std::string_view key, std::optional<Given<int>>& target) {
    if (const Node* given = inner.find(key)) keep(target, reader.integer(*given, key, 1, k_max_iterations), given);
  };
  bound("min", out.least);
  bound("max", out.most);
  if (const Node* given = inner.find("max-time"))
    keep(out.max_time_s, reader.duration_s(*given, "max-time", k_duration_s), given);
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || text::is_alphanumeric(c); });
}

void read_env(Reader& reader, const Section& section, RunOptions& out) {
  const Node* node = section.find("env");
  if (!node || !reader.is_map(*node, "'env'")) return;
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const std::string& name = node->keys[i].text;
    if (node->keys[i].kind != Node::Kind::scalar) continue;
    if (!is_variable_name(name)) {
      reader.problem(node->keys[i], fmt::format("'{}' is no name of a variable", text::one_line(name)),
                     "use letters, digits and '_'");
      continue;
    }
    if (const auto value = reader.literal(node->items[i], name))
      out.env.try_emplace(name, Given<std::string>{*value, &node->items[i]});
  }
}

void read_pin(Reader& reader, const Section& section, RunOptions& out) {
  const Node* node = section.find("pin");
  if (!node) return;
  const Section inner(reader, node, section.path("pin"), "'pin'", k_pin_keys);
  const Node* list = inner.find("cpus");
  if (!list) return;
  const auto written = reader.literal(*list, "cpus");
  if (!written) return;
  const auto cpus = parse_cpus(*written);
  if (!cpus)
    reader.problem(*list, fmt::format("'cpus' must be CPU numbers, not {}", describe(*list)),
                   fmt::format("write numbers and ranges up to {}: \"2-3,5\"", k_max_cpu));
  keep(out.cpus, cpus, list);
}

std::optional<CommandLine> read_line(Reader& reader, const Node& node, std::string_view key, bool shell) {
  const auto line = reader.text(node, key);
  if (!line) return std::nullopt;
  CommandLine command;
  if (shell) {
    command.shell = *line;
    return command;
  }
  Words words = split_words(*line);
  if (words.fault) {
    reader.problem_within(node, words.fault->offset, words.fault->width,
                          fmt::format("'{}': {}", key, text::one_line(words.fault->what)), words.fault->cure);
    return std::nullopt;
  }
  command.argv = std::move(words.words);
  return command;
}

std::optional<CommandLine> read_argv(Reader& reader, const Node& node, std::string_view key) {
  CommandLine command;
  for (const Node& item : node.items) {
    auto word = reader.literal(item, key);
    if (!word) return std::nullopt;
    command.argv.push_back(std::move(*word));
  }
  if (!command.argv.empty() && !command.argv.front().empty()) return command;
  reader.problem(node, fmt::format("'{}' names no program", key), "write [program, argument, …]");
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<int>> parse_cpus(std::string_view list) {
  std::set<int> cpus;
  for (const std::string_view part : text::split(list, ',')) {
    const std::size_t dash = part.find('-');
    const auto number = [](std::string_view digits) -> std::optional<int> {
      if (digits.empty() || digits.size() > 4 || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
      return static_cast<int>(*text::to_integer(digits));
    };
    const auto first = number(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last > k_max_cpu) return std::nullopt;
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.insert(cpu);
  }
  return std::vector<int>(cpus.begin(), cpus.end());
}

std::optional<CommandLine> read_command(Reader& reader, const Node& node, std::string_view key, bool shell) {
  if (node.kind == Node::Kind::sequence) return read_argv(reader, node, key);
  if (node.kind != Node::Kind::map) return read_line(reader, node, key, shell);
  const Section inner(reader, &node, "", fmt::format("'{}'", key), k_command_keys);
  const Node* command = inner.find("command");
  if (!command) {
    if (inner.all_known())
      reader.problem(node, fmt::format("'{}' has no 'command'", key), "write { command: …, shell: true }");
    return std::nullopt;
  }
  if (const Node* own = inner.find("shell")) {
    const auto value = reader.boolean(*own, "shell");
    if (!value) return std::nullopt;
    shell = *value;
  }
  if (command->kind == Node::Kind::sequence) return read_argv(reader, *command, "command");
  return read_line(reader, *command, "command", shell);
}

std::string print_command(const CommandLine& command) {
  return command.shell.empty() ? join_words(command.argv) : "shell: " + command.shell;
}

bool read_shell(Reader& reader, const Section& section) {
  const Node* node = section.find("shell");
  return node && reader.boolean(*node, "shell").value_or(false);
}

RunOptions read_run_options(Reader& reader, const Section& section) {
  RunOptions out;
  const bool shell = read_shell(reader, section);
  const auto command = [&](std::string_view key, std::optional<Given<CommandLine>>& target) {
    if (const Node* node = section.find(key)) keep(target, read_command(reader, *node, key, shell), node);
  };
  command("build", out.build);
  command("setup", out.setup);
  read_iterations(reader, section, out);
  if (const Node* node = section.find("warmup"))
    keep(out.warmup, reader.integer(*node, "warmup", 0, k_max_warmup), node);
  if (const Node* node = section.find("timeout"))
    keep(out.timeout_s, reader.duration_s(*node, "timeout", k_duration_s), node);
  read_env(reader, section, out);
  read_pin(reader, section, out);
  return out;
}

RunOptions merge(const RunOptions& own, const RunOptions& defaults) {
  RunOptions out = own;
  const auto inherit = [](auto& target, const auto& source) {
    if (!target) target = source;
  };
  inherit(out.build, defaults.build);
  inherit(out.setup, defaults.setup);
  inherit(out.least, defaults.least);
  inherit(out.most, defaults.most);
  inherit(out.max_time_s, defaults.max_time_s);
  inherit(out.warmup, defaults.warmup);
  inherit(out.timeout_s, defaults.timeout_s);
  inherit(out.cpus, defaults.cpus);
  for (const auto& [name, value] : defaults.env) out.env.try_emplace(name, value);
  return out;
}

}  // namespace perfwarden::config
