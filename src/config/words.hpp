#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::config {

// Words is a command line split by the POSIX word rules: at white space, except where quotes or backslashes protect it.
// Nothing is expanded: shell syntax is a fault, so that no word silently means something else.
struct Words {
  struct Fault {
    std::size_t offset = 0;  // into the line
    std::size_t width = 1;
    std::string what, cure;
  };
  std::vector<std::string> words;
  std::optional<Fault> fault;
};
[[nodiscard]] Words split_words(std::string_view line);

// The words as a line that split_words splits into the same words.
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);

}  // namespace perfwarden::config
