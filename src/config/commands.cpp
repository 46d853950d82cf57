#include "config/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "config/section.hpp"
#include "config/words.hpp"

namespace perfwarden::config {
namespace {

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
  static const std::vector<std::string> k_known{"command", "shell"};
  const Section inner(reader, &node, "", fmt::format("'{}'", key), k_known);
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

bool holds(const CommandLine& command, std::string_view placeholder) {
  const auto has = [&](const std::string& word) { return word.find(placeholder) != std::string::npos; };
  return has(command.shell) || std::any_of(command.argv.begin(), command.argv.end(), has);
}

std::string print_cpus(const std::vector<int>& cpus) {
  std::vector<std::string> words;
  words.reserve(cpus.size());
  for (const int cpu : cpus) words.push_back(std::to_string(cpu));
  return print_list(words);
}

}  // namespace perfwarden::config
