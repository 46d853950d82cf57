#pragma once

#include <string>
#include <string_view>

namespace perfwarden::app {

// What a shell needs to complete the command line ("bash", "zsh", "fish"), or the manual page in troff ("man"), from
// the same tables as --help.
[[nodiscard]] std::string completion_text(std::string_view kind);

}  // namespace perfwarden::app
