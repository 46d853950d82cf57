#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::app {

// Who owns these files by the text of a CODEOWNERS file, as GitHub reads it: the last pattern that matches a file
// counts, and one without owners says that there are none. Those who own more of the files come first.
[[nodiscard]] std::vector<std::string> owners_of(std::string_view codeowners, std::span<const std::string> files);

}  // namespace perfwarden::app
