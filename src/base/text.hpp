#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text helpers without any performance words. All take and return UTF-8.
namespace perfwarden::text {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
[[nodiscard]] constexpr bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] std::string_view trim(std::string_view s);  // ASCII white space, both ends
[[nodiscard]] std::vector<std::string_view> split(std::string_view s,
                                                  char separator);      // "a,,b" → a, "", b
[[nodiscard]] std::vector<std::string_view> lines(std::string_view s);  // without \n or \r\n; no last empty line
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string replace_all(std::string s, std::string_view from, std::string_view to);
[[nodiscard]] std::string lower(std::string_view s);  // ASCII only

// The whole of `s` as a finite decimal number; nullopt for anything else ("", "1x", "inf", "0x1").
// Locale-free.
[[nodiscard]] std::optional<double> to_double(std::string_view s);
[[nodiscard]] std::optional<long long> to_integer(std::string_view s);

// Optimal string alignment distance (insert, delete, substitute, swap neighbours), in bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate nearest to `word` within max(2, size/3) edits; nullopt when none is that near. For
// "did you mean".
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// True when `path` matches `glob`: `*` and `?` within a segment between '/', `**` across segments;
// every other character matches itself (also `[`, `]`, `{`, `}`, since benchmark names hold
// them). Linear memory, no recursion blow-up.
[[nodiscard]] bool glob_match(std::string_view glob, std::string_view path);
// As .gitignore reads a folder: true when the glob matches `path` or a leading part that ends
// before a '/'.
[[nodiscard]] bool glob_match_prefix(std::string_view glob, std::string_view path);

// Columns that a terminal uses for the text: combining marks and zero-width 0, wide East Asian and
// emoji 2.
[[nodiscard]] std::size_t display_width(std::string_view s);
// Cuts to at most `columns` display columns, never inside a character, ending in "…" when something
// was cut.
[[nodiscard]] std::string truncate(std::string_view s, std::size_t columns);
// `s` followed by spaces up to `columns` display columns; what is longer is truncated.
[[nodiscard]] std::string fit(std::string_view s, std::size_t columns);
// Values as bars ▁ to █ between their least and largest, one a column; all equal → ▄, not finite → ·.
[[nodiscard]] std::string sparkline(std::span<const double> values);
// Number of Unicode code points (GitHub's limits count these). Bytes of invalid UTF-8 count one
// each.
[[nodiscard]] std::size_t code_points(std::string_view s);
// At most the first `count` of them.
[[nodiscard]] std::string_view first_code_points(std::string_view s, std::size_t count);

// Hostile text made safe to print on one line: invalid UTF-8 → U+FFFD; C0/C1 controls (ESC, CR, LF,
// TAB, …), zero-width and bidirectional controls → one space or nothing. Everything a pull request
// can write passes here before a person sees it.
[[nodiscard]] std::string one_line(std::string_view s);
// The same, but keeps '\n' and '\t'.
[[nodiscard]] std::string printable(std::string_view s);

[[nodiscard]] std::string escape_html(std::string_view s);  // & < > " '

}  // namespace perfwarden::text
