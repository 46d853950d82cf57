#include "report/page/medium.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_name_columns = 160;
constexpr std::size_t k_prose_columns = 600;
constexpr std::size_t k_command_columns = 2000;
// Splits what GitHub would turn into a mention or a reference; it shows as nothing.
constexpr std::string_view k_break = "<!-- -->";

bool is_word_byte(char c) {
  return text::is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string tidy(std::string_view hostile, std::size_t columns) {
  // Bytes first: a name of megabytes must not be walked more often than once.
  std::string s = text::one_line(hostile.substr(0, columns * 16));
  s = std::string(text::trim(text::truncate(s, columns)));
  return s.empty() ? "–" : s;
}

std::size_t longest_backticks(std::string_view s) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : s) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string reference(char c) {
  return "&#" + std::to_string(static_cast<int>(c)) + ";";
}

std::string markdown_code(const std::string& name) {
  if (name.find('|') != std::string::npos) {
    std::string out = "<code>";
    for (const char c : name) out += is_word_byte(c) || c == ' ' ? std::string(1, c) : reference(c);
    return out + "</code>";
  }
  const std::string fence(longest_backticks(name) + 1, '`');
  const std::string pad = name.front() == '`' || name.back() == '`' ? " " : "";
  return fence + pad + name + pad + fence;
}

// True where a list, heading, quote or rule would begin if the text began a line.
bool starts_block(std::string_view s, std::size_t at) {
  const bool ends = at + 1 == s.size() || s[at + 1] == ' ' || s[at + 1] == s[at];
  if (!ends) return false;
  if (at == 0) return std::string_view("#+-=").find(s[0]) != std::string_view::npos;
  if (s[at] != '.' && s[at] != ')') return false;
  return std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(at), text::is_digit);
}

std::string markdown_prose(const std::string& s) {
  constexpr std::string_view k_structure = "\\`*[]<>&|~${}^";
  std::string out;
  const auto next_is = [&](std::size_t i, bool (*is)(char)) { return i + 1 < s.size() && is(s[i + 1]); };
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    const bool inside_word = i > 0 && is_word_byte(s[i - 1]) && next_is(i, is_word_byte);
    if (k_structure.find(c) != std::string_view::npos || (c == '_' && !inside_word) || starts_block(s, i)) {
      out += reference(c);
    } else {
      out += c;
    }
    const bool issue = c == '#' && next_is(i, text::is_digit);
    const bool issue_by_prefix =
        c == '-' && next_is(i, text::is_digit) && i >= 2 && text::lower(std::string_view(s).substr(i - 2, 2)) == "gh";
    const bool link =
        c == ':' && i + 1 < s.size() && (s[i + 1] == '/' || (is_word_byte(s[i + 1]) && !text::is_digit(s[i + 1])));
    const bool host =
        text::lower(std::string_view(s).substr(i >= 2 ? i - 2 : 0, 3)) == "www" && i + 1 < s.size() && s[i + 1] == '.';
    if (c == '@' || issue || issue_by_prefix || link || host) out += k_break;
  }
  return out;
}

}  // namespace

std::string name_in(Medium medium, std::string_view hostile) {
  std::string name = tidy(hostile, k_name_columns);
  switch (medium) {
    case Medium::plain:
      return name;
    case Medium::markdown:
      return markdown_code(name);
    case Medium::html:
      return text::escape_html(name);
  }
  return "";
}

std::string prose_in(Medium medium, std::string_view hostile) {
  std::string words = tidy(hostile, k_prose_columns);
  switch (medium) {
    case Medium::plain:
      return words;
    case Medium::markdown:
      return markdown_prose(words);
    case Medium::html:
      return text::escape_html(words);
  }
  return "";
}

std::string command_in(Medium medium, std::string_view hostile) {
  const std::string command = tidy(hostile, k_command_columns);
  return medium == Medium::html ? text::escape_html(command) : command;
}

std::string fence_for(std::string_view text) {
  return std::string(std::max<std::size_t>(3, longest_backticks(text) + 1), '`');
}

std::string escape_xml(std::string_view hostile) {
  // one_line has taken the C0 and C1 controls; U+FFFE and U+FFFF are forbidden too, and surrogates are not valid UTF-8.
  std::string s = text::one_line(hostile);
  s = text::replace_all(s, "\xEF\xBF\xBE", "\xEF\xBF\xBD");
  s = text::replace_all(s, "\xEF\xBF\xBF", "\xEF\xBF\xBD");
  return text::escape_html(s);
}

}  // namespace perfwarden::report
