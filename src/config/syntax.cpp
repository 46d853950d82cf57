#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "config/tree.hpp"

namespace perfwarden::config {
namespace {

bool indented_by_tab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

// `>= 5` begins a block scalar to YAML: the place is after the sign.
SyntaxProblem at_block_scalar(const Source& source, const Place& at) {
  const std::string_view line = source.line(at.line);
  const std::size_t before = std::min(line.size(), static_cast<std::size_t>(std::max(at.offset, 0)) + 1);
  const std::size_t sign = line.substr(0, before).rfind('>');
  if (sign == std::string_view::npos)
    return {at, "unexpected text after '|'", "put the text on the lines below, indented"};
  const Place there{at.line, static_cast<int>(sign), ""};
  return {there, "'>' and '>=' are not values: YAML reads '>' as the start of folded text",
          "write 'min: 5' for at least, 'max: 5' for at most; quote the value if '>' belongs to it"};
}

SyntaxProblem at_character(const Source& source, const Place& at) {
  const std::string_view rest = source.rest(at);
  const char c = rest.empty() ? '\0' : rest.front();
  const std::size_t end = std::min(rest.find_first_of(" \t,]}#"), rest.size());
  const std::string word = text::one_line(rest.substr(0, end));
  if (c == '>') return at_block_scalar(source, at);
  if (c == '@') return {at, "YAML does not let a value begin with '@'", "write the name without '@'"};
  if (c == '%') return {at, "YAML does not let a value begin with '%'", "write the sign, the number and then '%': +5%"};
  if (c == '`') return {at, "YAML does not let a value begin with '`'", "take the backticks out or quote the value"};
  return {at, fmt::format("YAML cannot read '{}'", word), "quote the value"};
}

// A glob that begins with '*' is an alias to YAML, as is every word after a '*'.
SyntaxProblem at_star(const Source& source, const Place& at) {
  Place there = at;
  if (!source.rest(there).starts_with('*') && there.offset > 0) --there.offset;
  const std::string_view rest = source.rest(there);
  const std::size_t colon = rest.find(':');
  const std::string word =
      text::truncate(text::one_line(text::trim(rest.substr(0, std::min(colon, rest.find_first_of(" \t,]}"))))), 60);
  const bool is_key =
      colon != std::string_view::npos && rest.substr(0, colon).find_first_of(" \t,]}") == std::string_view::npos;
  if (is_key)
    return {there, "'*' begins an alias in YAML: a glob must be quoted", fmt::format("write \"{}\": …", word)};
  return {there, fmt::format("'{}' is an alias that is not defined", word), "quote the value if the '*' belongs to it"};
}

// The place is that of a ':'. An earlier one in the same entry makes this one part of a value that lacks its quotes.
std::optional<SyntaxProblem> at_second_colon(const Source& source, const Place& at, bool in_flow) {
  const std::string_view line = source.line(at.line);
  const std::string_view before = line.substr(0, line.size() - source.rest(at).size());
  const std::size_t entry = in_flow ? before.find_last_of("{[,") : std::string_view::npos;
  const std::size_t start = entry == std::string_view::npos ? 0 : entry + 1;
  const std::size_t colon = before.find(": ", start);
  if (colon == std::string_view::npos || !source.rest(at).starts_with(':')) return std::nullopt;
  std::string_view value = line.substr(colon + 2);
  if (in_flow) value = value.substr(0, value.find_first_of(",}]"));
  return SyntaxProblem{at, "a value that holds ': ' must be quoted",
                       fmt::format("write {}: '{}'", text::one_line(text::trim(line.substr(start, colon - start))),
                                   text::truncate(text::one_line(text::trim(value)), 40))};
}

}  // namespace

SyntaxProblem explain_syntax(const Source& source, const Place& at, const std::string& message) {
  const auto says = [&](std::string_view words) { return message.find(words) != std::string::npos; };
  // Whatever the parser made of a tab, the tab is the cause.
  if (const std::string_view line = source.line(at.line); indented_by_tab(line))
    return {{at.line, static_cast<int>(line.find('\t')), ""},
            "tab in the indentation",
            "YAML wants spaces: use two for each level"};
  if (says("anchor is not defined") || says("alias not found")) return at_star(source, at);
  if (says("unknown token")) return at_character(source, at);
  if (says("block scalar")) return at_block_scalar(source, at);
  const bool in_flow = says("flow not found");
  if (in_flow || says("illegal map value"))
    if (auto problem = at_second_colon(source, at, in_flow)) return *problem;
  struct Row {
    std::string_view words, what, cure;
  };
  static constexpr std::array k_rows{
      Row{"illegal map value", "':' where there can be no key",
          "check the indentation: this line is deeper than the one above it"},
      Row{"end of map flow", "a '{' is not closed here",
          "close it with '}', and quote values that hold ',' '{' or '}'"},
      Row{"end of sequence flow", "a '[' is not closed here",
          "close it with ']', and quote values that hold ',' '[' or ']'"},
      Row{"end of map not found", "this line does not fit the indentation or the quotes above it",
          "give the keys of one mapping the same indentation"},
      Row{"end of sequence not found", "this line does not fit the list above it",
          "give the items of one list the same indentation and a '- '"},
      Row{"illegal block entry", "a list cannot begin here", "put '- ' items on lines of their own, or write [a, b]"},
      Row{"illegal flow end", "a ']' or '}' without its opening", "take it out or quote the value"},
      Row{"illegal EOF", "the file ends inside a value", "close the quote or the bracket"},
      Row{"unknown escape", "unknown escape in double quotes", "use single quotes: '\\d' stands for itself there"},
      Row{"tab", "tab where YAML wants spaces", "indent with spaces"},
      Row{"YAML directive", "a '%' directive", "take the line out"},
      Row{"YAML major version", "a '%YAML' directive of another version", "take the line out"},
  };
  for (const Row& row : k_rows)
    if (says(row.words)) return {at, std::string(row.what), std::string(row.cure)};
  return {at, fmt::format("not valid YAML: {}", message), ""};
}

}  // namespace perfwarden::config
