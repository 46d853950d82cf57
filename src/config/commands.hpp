#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"

namespace perfwarden::config {

// A command as a line, a list, or {command, shell}. `shell`: whether the surrounding mapping hands lines to a shell.
[[nodiscard]] std::optional<CommandLine> read_command(Reader& reader, const Node& node, std::string_view key,
                                                      bool shell);
[[nodiscard]] std::string print_command(const CommandLine& command);
[[nodiscard]] bool holds(const CommandLine& command,
                         std::string_view placeholder);  // whether any word holds it, such as "{case}"

inline constexpr int k_max_cpu = 4'095;
// "2-3,5" → 2, 3, 5. nullopt when it is not of that form.
[[nodiscard]] std::optional<std::vector<int>> parse_cpus(std::string_view list);
[[nodiscard]] std::string print_cpus(const std::vector<int>& cpus);  // "[2, 3, 5]"

}  // namespace perfwarden::config
