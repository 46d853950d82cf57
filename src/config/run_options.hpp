#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"

namespace perfwarden::config {

// A Given is a value and the node that gave it.
template <class T>
struct Given {
  T value{};
  const Node* node = nullptr;
};

// RunOptions are the keys that `defaults` and a suite share, as one of them gives them.
struct RunOptions {
  std::optional<Given<CommandLine>> build, setup;
  std::optional<Given<int>> least, most;  // iterations
  std::optional<Given<double>> max_time_s;
  std::optional<Given<int>> warmup;
  std::optional<Given<double>> timeout_s;
  std::map<std::string, Given<std::string>> env;
  std::optional<Given<std::vector<int>>> cpus;
};

[[nodiscard]] RunOptions read_run_options(Reader& reader, const Section& section);
// What `own` does not give is taken from `defaults`.
[[nodiscard]] RunOptions merge(const RunOptions& own, const RunOptions& defaults);

// A command as a line, a list, or {command, shell}. `shell` is what the mapping around it says of lines.
[[nodiscard]] std::optional<CommandLine> read_command(Reader& reader, const Node& node, std::string_view key,
                                                      bool shell);
[[nodiscard]] std::string print_command(const CommandLine& command);
// "2-3,5" → 2, 3, 5. nullopt when it is not of that form.
[[nodiscard]] std::optional<std::vector<int>> parse_cpus(std::string_view list);
[[nodiscard]] bool read_shell(Reader& reader, const Section& section);

}  // namespace perfwarden::config
