#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/position.hpp"

// What the reader of folded stacks and their text diff share.
namespace perfwarden::profile {

// `bytes` without a byte order mark; UTF-16 with a mark as UTF-8, kept in `converted`.
[[nodiscard]] std::string_view folded_utf8(std::string_view bytes, std::string& converted);

// Cuts the first line off `rest`: without "\n" or "\r\n".
[[nodiscard]] inline std::string_view next_line(std::string_view& rest) {
  const void* const end = std::memchr(rest.data(), '\n', rest.size());
  const std::size_t size =
      end == nullptr ? rest.size() : static_cast<std::size_t>(static_cast<const char*>(end) - rest.data());
  std::string_view line = rest.substr(0, size);
  rest.remove_prefix(end == nullptr ? size : size + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A number of a folded line: \d+(\.\d*)?
struct FoldedCount {
  std::uint64_t whole = 0;
  double value = 0;
  bool is_whole = true;  // without '.', and below 2^64: `whole` is exact
};

// A FoldedLine is "stack count": the stack up to the last white space (exclusive), and the rest.
struct FoldedLine {
  std::string_view stack;
  FoldedCount count;
};
[[nodiscard]] std::optional<FoldedLine> folded_line(std::string_view line);

// Lines that hold no stack, of one text.
struct FoldedTally {
  std::size_t lines = 0, ignored = 0;  // blank ones are neither
  std::size_t first_ignored = 0;       // its number, from 1
  std::size_t number = 0;              // of the last line read

  void see(bool is_stack, bool blank) {
    ++number;
    if (blank) return;
    ++lines;
    if (is_stack) return;
    if (ignored++ == 0) first_ignored = number;
  }
  // Error (parse) when there was no stack, or more than 1 % of the lines hold no stack.
  [[nodiscard]] Status check(const std::string& file_name) const;
  void warn(const std::string& file_name, std::vector<Warning>& warnings) const;  // of ignored lines, if any
};

}  // namespace perfwarden::profile
