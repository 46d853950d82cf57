#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::config {

// Words is a command line cut by the POSIX word rules: white space parts, quotes and backslash protect. Nothing is
// expanded: what only a shell understands is a fault instead of a word that means something else.
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

// The words as a line that split_words reads back equal.
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);

}  // namespace perfwarden::config
