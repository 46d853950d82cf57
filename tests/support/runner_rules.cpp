#include "support/runner_rules.hpp"

#include <set>

#include "base/text.hpp"

namespace perfwarden::support {
namespace {

const std::set<std::string, std::less<>> k_registered{
    "error",    "warning",       "notice",  "debug",       "group",      "endgroup",   "echo",          "add-mask",
    "add-path", "stop-commands", "set-env", "add-matcher", "set-output", "save-state", "remove-matcher"};

std::string unescape_data(std::string s) {
  s = text::replace_all(std::move(s), "%0D", "\r");
  s = text::replace_all(std::move(s), "%0A", "\n");
  return text::replace_all(std::move(s), "%25", "%");
}

std::string unescape_property(std::string s) {
  s = text::replace_all(std::move(s), "%0D", "\r");
  s = text::replace_all(std::move(s), "%0A", "\n");
  s = text::replace_all(std::move(s), "%3A", ":");
  s = text::replace_all(std::move(s), "%2C", ",");
  return text::replace_all(std::move(s), "%25", "%");
}

// name and data of any "::name …::data", registered or not: a stop token is not registered.
std::optional<RunnerCommand> double_colon(std::string_view line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  if (!line.starts_with("::")) return std::nullopt;
  const std::size_t end = line.find("::", 2);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view info = line.substr(2, end - 2);
  const std::size_t space = info.find(' ');
  RunnerCommand command;
  command.name = info.substr(0, space);
  if (space != std::string_view::npos) {
    for (const std::string_view pair : text::split(info.substr(space + 1), ',')) {
      const std::size_t equal = pair.find('=');
      if (equal != std::string_view::npos && equal != 0 && equal + 1 < pair.size())
        command.properties[std::string(pair.substr(0, equal))] = unescape_property(std::string(pair.substr(equal + 1)));
    }
  }
  command.data = unescape_data(std::string(line.substr(end + 2)));
  return command;
}

// The old form "##[name properties]data", found anywhere in a line.
std::optional<RunnerCommand> hashes(std::string_view line) {
  const std::size_t start = line.find("##[");
  if (start == std::string_view::npos) return std::nullopt;
  const std::size_t end = line.find(']', start);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view info = line.substr(start + 3, end - start - 3);
  return RunnerCommand{std::string(info.substr(0, info.find(' '))), {}, std::string(line.substr(end + 1))};
}

}  // namespace

std::optional<RunnerCommand> runner_command(std::string_view line) {
  auto command = double_colon(line);
  if (!command || !k_registered.contains(command->name)) command = hashes(line);
  if (!command || !k_registered.contains(command->name)) return std::nullopt;
  return command;
}

std::vector<RunnerCommand> runner_commands(std::string_view output) {
  std::vector<RunnerCommand> out;
  std::string stop_token;
  for (const std::string_view line : text::lines(output)) {
    if (!stop_token.empty()) {
      if (const auto resume = double_colon(line); resume && resume->name == stop_token) stop_token.clear();
      continue;
    }
    auto command = runner_command(line);
    if (!command) continue;
    if (command->name == "stop-commands") stop_token = command->data;
    out.push_back(*std::move(command));
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> runner_outputs(std::string_view file) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!file.empty()) {
    const std::size_t line_end = file.find('\n');
    const std::string_view line = file.substr(0, line_end);
    file.remove_prefix(line_end == std::string_view::npos ? file.size() : line_end + 1);
    if (line.empty()) continue;
    const std::size_t equal = line.find('=');
    const std::size_t arrows = line.find("<<");
    if (equal < arrows) {
      out.emplace_back(line.substr(0, equal), line.substr(equal + 1));
      continue;
    }
    if (arrows == std::string_view::npos || arrows == 0) return std::nullopt;
    const std::string_view delimiter = line.substr(arrows + 2);
    std::string value;
    for (bool first = true;; first = false) {
      const std::size_t end = file.find('\n');
      const std::string_view next = file.substr(0, end);
      if (next == delimiter) {
        file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
        break;
      }
      if (end == std::string_view::npos) return std::nullopt;
      value.append(first ? "" : "\n").append(next);
      file.remove_prefix(end + 1);
    }
    out.emplace_back(line.substr(0, arrows), value);
  }
  return out;
}

}  // namespace perfwarden::support
