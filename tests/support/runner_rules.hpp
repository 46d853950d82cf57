#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How GitHub's runner (2.336.0, by its behaviour) reads what a step prints and the files it writes.
namespace perfwarden::support {

struct RunnerCommand {
  std::string name;
  std::map<std::string, std::string> properties;
  std::string data;
  friend bool operator==(const RunnerCommand&, const RunnerCommand&) = default;
};

// The command in one line of a step's output; nullopt when it is ordinary output.
[[nodiscard]] std::optional<RunnerCommand> runner_command(std::string_view line);

// Every command in a step's output, in order, honouring stop-commands.
[[nodiscard]] std::vector<RunnerCommand> runner_commands(std::string_view output);

// The pairs of a GITHUB_OUTPUT file; nullopt when the runner would fail the step.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> runner_outputs(std::string_view file);

}  // namespace perfwarden::support
