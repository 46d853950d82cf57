#pragma once

#include <string>
#include <string_view>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/series.hpp"

// Files that the user named.
namespace perfwarden::app {

// The text of the file. Error (usage) when it cannot be read.
[[nodiscard]] Result<std::string> read_input(const std::string& path);
// The text of the file; of a folder, such as criterion's target/criterion, that of all result files in it.
[[nodiscard]] Result<std::string> read_outputs(const std::string& path);
// The samples in the file.
[[nodiscard]] Result<Samples> read_samples(const std::string& path);

// Writes a result: to `path`, or to out when `path` is empty or "-".
[[nodiscard]] Status write_result(World& world, const std::string& path, std::string_view text);

}  // namespace perfwarden::app
