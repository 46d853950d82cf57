#pragma once

#include <string>
#include <string_view>

namespace perfwarden::app {

// What is called a commit here may come from an imported file: only hex digits, at least 7, are given to git.
[[nodiscard]] bool is_sha(std::string_view commit);
[[nodiscard]] std::string short_sha(const std::string& commit);  // 10 digits; of something else, 10 characters

}  // namespace perfwarden::app
