#include "config/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::config {
namespace {

// What an excerpt shows of a longer line: some text before the place, and as much after it as fits.
constexpr std::size_t k_before = 60;
constexpr std::size_t k_columns = 110;
constexpr std::size_t k_rows_kept = 1000;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Bytes of a quoted scalar with both quotes, as far as they are on this line.
std::size_t quoted_width(std::string_view line) {
  const char quote = line.front();
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && quote == '"') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '\'' && i + 1 < line.size() && line[i + 1] == quote) {
        ++i;
        continue;
      }
      return i + 1;
    }
  }
  return line.size();
}

// The password in a URL as asterisks, so that an excerpt in a log does not spread it.
std::string without_password(std::string text) {
  const auto hide = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, text.size()); ++i) text[i] = '*';
  };
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const std::size_t host = text.find_first_of("/?\"' ", scheme + 3);
  const std::size_t at = text.rfind('@', host);
  const std::size_t colon = text.find(':', scheme + 3);
  if (at != std::string::npos && at > scheme && colon < at) hide(colon + 1, at);
  constexpr std::string_view k_key = "password=";
  if (const std::size_t key = text.find(k_key, scheme); key != std::string::npos)
    hide(key + k_key.size(), text.find_first_of("&\"' ", key));
  return text;
}

}  // namespace

Source::Source(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  lines_ = text::lines(text);
}

std::string_view Source::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > lines_.size()) return {};
  return lines_[static_cast<std::size_t>(number) - 1];
}

std::string_view Source::rest(const Place& at) const {
  const std::string_view whole = line(at.line);
  return whole.substr(std::min(whole.size(), static_cast<std::size_t>(std::max(at.offset, 0))));
}

Position Source::position(const Place& at) const {
  if (at.line <= 0) return {file_, 0, 0};
  const std::string_view whole = line(at.line);
  const std::string_view before = whole.substr(0, whole.size() - rest(at).size());
  return {file_, at.line, static_cast<int>(text::code_points(before)) + 1};
}

std::string Source::origin(const Place& at) const {
  return at.given_by.empty() ? position(at).text() : at.given_by;
}

std::size_t Source::offset_of(const Place& at) const {
  const std::string_view from = rest(at);
  return from.data() == nullptr ? text_.size() : static_cast<std::size_t>(from.data() - text_.data());
}

std::size_t Source::width(const Place& at, std::string_view scalar) const {
  const std::string_view from = rest(at);
  if (from.empty()) return 1;
  if (from.front() == '"' || from.front() == '\'') return quoted_width(from);
  if (!scalar.empty() && from.starts_with(scalar)) return scalar.size();
  return 1;
}

std::string Source::excerpt(const Place& at, std::size_t width, std::string_view cure) const {
  if (at.line <= 0) return "";
  const std::string_view whole = line(at.line);
  const std::string_view from = rest(at);
  std::string_view before = whole.substr(0, whole.size() - from.size());
  std::string lead;
  if (before.size() > k_before) {
    before.remove_prefix(before.size() - k_before);
    while (!before.empty() && continues_character(before.front())) before.remove_prefix(1);
    lead = "…";
  }
  const std::string shown_before = lead + text::one_line(before);
  const std::string marked = text::one_line(from.substr(0, width));
  std::string shown = shown_before + text::one_line(without_password(std::string(from.substr(0, 4 * k_columns))));
  shown = text::truncate(shown, k_columns);
  const std::size_t column = text::display_width(shown_before);
  const std::size_t room = std::max<std::size_t>(text::display_width(shown), column + 1) - column;
  const std::size_t carets = std::clamp<std::size_t>(text::display_width(marked), 1, room);
  std::string out = fmt::format("{:4} | {}\n     | {:{}}{:^>{}}", at.line, shown, "", column, "", carets);
  if (!cure.empty()) out += " " + text::one_line(cure);
  return out;
}

void Problems::add(const Place& at, std::size_t width, std::string what, std::string cure) {
  if (rows_.size() >= k_rows_kept) return;
  rows_.push_back({at, width, std::move(what), std::move(cure)});
}

Error Problems::error() const {
  std::vector<const Row*> order;
  for (const Row& row : rows_) order.push_back(&row);
  const auto rank = [](const Row* row) { return std::tuple(!row->at.given_by.empty(), row->at.line, row->at.offset); };
  std::stable_sort(order.begin(), order.end(), [&](const Row* a, const Row* b) { return rank(a) < rank(b); });
  std::vector<Error> errors;
  for (const Row* row : order) {
    if (errors.size() == k_shown) break;
    Error one{.kind = ErrorKind::config, .what = row->what, .where = source_.origin(row->at)};
    one.excerpt = source_.excerpt(row->at, row->width, row->cure);
    if (one.excerpt.empty() && !row->cure.empty()) one.excerpt = "hint: " + row->cure;
    errors.push_back(std::move(one));
  }
  Error all = errors.front();
  const auto append = [&all](const std::string& text) { all.excerpt += (all.excerpt.empty() ? "" : "\n") + text; };
  for (std::size_t i = 1; i < errors.size(); ++i) append(errors[i].text());
  if (rows_.size() > errors.size())
    append(fmt::format("{}: {}{} more errors", source_.file(), rows_.size() >= k_rows_kept ? "at least " : "",
                       rows_.size() - errors.size()));
  return all;
}

}  // namespace perfwarden::config
