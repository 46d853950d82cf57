#include "ingest/line_pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

constexpr std::size_t k_max_pattern_bytes = 4096;
constexpr int k_max_groups = 32;
constexpr std::string_view k_pattern_cure =
    "write it like '^(?<name>\\S+)\\s+(?<value>[\\d.]+)\\s*(?<unit>ms|s)$'; look-around and back-references are not "
    "supported (RE2 syntax)";

// RE2 knows the Python spelling of named groups only (until 2023-06). Inside [...] and \Q...\E the text means itself.
std::string to_re2(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      out += pattern[i++];
      out += pattern[i];
      continue;
    }
    if (in_class) {
      in_class = pattern[i] != ']';
    } else if (pattern[i] == '[') {
      in_class = true;
      for (const char first : {'^', ']'})  // a ] in first place is an ordinary character
        if (i + 1 < pattern.size() && pattern[i + 1] == first) out += pattern[i++];
    }
    const std::string_view rest = pattern.substr(i);
    const bool group = !in_class && rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!';
    out += group ? "(?P<" : std::string(1, pattern[i]);
    if (group) i += 2;
  }
  return out;
}

std::string excerpt_at(std::string_view pattern, std::size_t at) {
  if (pattern.size() > 200) return "";
  const std::size_t width = text::display_width(shown(pattern.substr(0, at)));
  return fmt::format("  {}\n  {:>{}}", text::one_line(pattern), "^", width + 1);
}

// Where the last ( that nothing closes stands; npos when each is closed.
std::size_t unclosed(std::string_view pattern) {
  std::vector<std::size_t> open;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (in_class) {
      in_class = pattern[i] != ']';
    } else if (pattern[i] == '[') {
      in_class = true;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;
    } else if (pattern[i] == '(') {
      open.push_back(i);
    } else if (pattern[i] == ')' && !open.empty()) {
      open.pop_back();
    }
  }
  return open.empty() ? std::string_view::npos : open.back();
}

// The pattern with a caret under the part that RE2 complains of.
std::string excerpt_of(std::string_view pattern, std::string fragment, std::size_t& column) {
  fragment = text::replace_all(std::move(fragment), "(?P<", "(?<");
  std::size_t at = pattern.find(fragment);
  // Of a look-behind RE2 shows only how it begins, which is how a named group begins too.
  if (fragment == "(?<") at = std::min(pattern.find("(?<="), pattern.find("(?<!"));
  if (at == std::string_view::npos) at = 0;
  column = at + 1;
  return excerpt_at(pattern, at);
}

}  // namespace

LinePattern::LinePattern() = default;
LinePattern::LinePattern(LinePattern&&) noexcept = default;
LinePattern& LinePattern::operator=(LinePattern&&) noexcept = default;
LinePattern::~LinePattern() = default;

Result<LinePattern> LinePattern::compile(std::string_view pattern, const std::string& where) {
  const auto fail = [&](std::string what, std::string excerpt = "") {
    return Error{.kind = ErrorKind::config,
                 .what = std::move(what),
                 .where = where,
                 .hint = std::string(k_pattern_cure),
                 .excerpt = std::move(excerpt)};
  };
  if (pattern.size() > k_max_pattern_bytes)
    return fail(
        fmt::format("the pattern of parser.regex has {} bytes, more than {}", pattern.size(), k_max_pattern_bytes));
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_nl(true);
  LinePattern out;
  out.expression_ = std::make_unique<RE2>(to_re2(pattern), options);
  if (!out.expression_->ok()) {
    std::size_t column = 0;
    if (const std::size_t at = unclosed(pattern);
        out.expression_->error_code() == RE2::ErrorMissingParen && at != std::string_view::npos)
      return fail(fmt::format("bad pattern in parser.regex at column {}: this ( has no )", at + 1),
                  excerpt_at(pattern, at));
    const std::string excerpt = excerpt_of(pattern, out.expression_->error_arg(), column);
    return fail(fmt::format("bad pattern in parser.regex at column {}: {}", column,
                            text::one_line(text::replace_all(out.expression_->error(), "(?P<", "(?<"))),
                excerpt);
  }
  if (out.expression_->NumberOfCapturingGroups() >= k_max_groups)
    return fail(fmt::format("the pattern of parser.regex has more than {} groups", k_max_groups - 1));
  std::set<std::string> seen;
  for (const auto& [group, name] : out.expression_->CapturingGroupNames()) {
    const std::size_t first = pattern.find("<" + name + ">");
    if (!seen.insert(name).second)
      return fail(fmt::format("the group '{}' occurs twice in parser.regex, again at column {}", shown(name),
                              pattern.find("<" + name + ">", first + 1) + 2));
    int* const slot = name == "name"     ? &out.name_
                      : name == "value"  ? &out.value_
                      : name == "unit"   ? &out.unit_
                      : name == "metric" ? &out.metric_
                                         : nullptr;
    if (slot == nullptr)
      return fail(
          fmt::format("unknown group '{}' in parser.regex at column {}: the groups are name, value, unit, metric",
                      shown(name), first + 2));
    *slot = group;
  }
  if (out.value_ == 0) return fail("the pattern of parser.regex has no group (?<value>…)");
  return out;
}

bool LinePattern::match(std::string_view line, LineMatch& match) const {
  std::array<re2::StringPiece, k_max_groups> groups;
  const re2::StringPiece piece(line.data(), line.size());
  if (!expression_->Match(piece, 0, piece.size(), RE2::UNANCHORED, groups.data(),
                          expression_->NumberOfCapturingGroups() + 1))
    return false;
  const auto view = [&](int group) {
    const re2::StringPiece& found = groups[static_cast<std::size_t>(group)];
    return group == 0 || found.data() == nullptr ? std::string_view{} : std::string_view(found.data(), found.size());
  };
  match = {view(name_), view(value_), view(unit_), view(metric_)};
  return true;
}

}  // namespace perfwarden::ingest
