#include "base/table.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"

namespace perfwarden::text {
namespace {

constexpr std::size_t k_gap = 2;

std::size_t character_bytes(std::string_view s) {
  std::size_t bytes = 1;
  while (bytes < s.size() && (static_cast<unsigned char>(s[bytes]) & 0xC0) == 0x80) ++bytes;
  return bytes;
}

// The longest end of `s` that is at most `columns` wide and does not begin inside a character.
std::string_view tail(std::string_view s, std::size_t columns) {
  for (std::size_t width = display_width(s); width > columns;) {
    const std::size_t bytes = character_bytes(s);
    width -= display_width(s.substr(0, bytes));
    s.remove_prefix(bytes);
  }
  return s;
}

// The longest beginning of `s` that is at most `columns` wide.
std::string_view beginning(std::string_view s, std::size_t columns) {
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < s.size()) {
    const std::size_t next = character_bytes(s.substr(bytes));
    used += display_width(s.substr(bytes, next));
    if (used > columns) break;
    bytes += next;
  }
  return s.substr(0, bytes);
}

}  // namespace

std::string truncate_middle(std::string_view s, std::size_t columns) {
  if (display_width(s) <= columns) return std::string(s);
  if (columns == 0) return "";
  const std::size_t after = (columns - 1) / 2;
  return std::string(beginning(s, columns - 1 - after)) + "…" + std::string(tail(s, after));
}

std::vector<std::string> wrap(std::string_view line, std::size_t width, std::size_t indent) {
  std::vector<std::string> out;
  constexpr std::size_t k_widest_character = 2;
  const std::size_t hang = indent + k_widest_character <= width ? indent : 0;
  std::string current;
  std::size_t used = 0;
  bool first_word = true;
  for (std::string_view word : split(line, ' ')) {
    const bool hanging = !out.empty();
    std::size_t size = display_width(word);
    if (!first_word && used + 1 + size > width && (used > (hanging ? hang : 0))) {
      while (current.ends_with(' ')) current.pop_back();
      out.push_back(current);
      current.assign(hang, ' ');
      used = hang;
      first_word = true;
    }
    if (!first_word) {
      current += ' ';
      ++used;
    }
    while (used + size > width && width > hang) {
      std::string_view part = beginning(word, width - used);
      if (part.empty()) part = word.substr(0, character_bytes(word));
      out.push_back(current + std::string(part));
      word.remove_prefix(part.size());
      size -= display_width(part);
      current.assign(hang, ' ');
      used = hang;
    }
    current += word;
    used += size;
    first_word = false;
  }
  while (current.ends_with(' ')) current.pop_back();
  if (!current.empty() || out.empty()) out.push_back(current);
  return out;
}

struct Table::Layout {
  std::vector<std::size_t> width;  // 0: left out
  std::size_t total = 0;           // with the gaps

  void sum() {
    total = 0;
    for (const std::size_t w : width)
      if (w != 0) total += w + (total == 0 ? 0 : k_gap);
  }
};

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

Table::Layout Table::fit(std::size_t width) const {
  Layout layout{std::vector<std::size_t>(columns_.size(), 0)};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) layout.width[i] = std::max(layout.width[i], display_width(row[i]));
    if (layout.width[i] != 0) layout.width[i] = std::max(layout.width[i], display_width(columns_[i].header));
  }
  layout.sum();
  std::vector<std::size_t> by_importance(columns_.size());
  std::iota(by_importance.begin(), by_importance.end(), std::size_t{0});
  std::stable_sort(by_importance.begin(), by_importance.end(),
                   [this](std::size_t a, std::size_t b) { return columns_[a].importance < columns_[b].importance; });
  const auto can_be_cut = [&] {
    std::size_t columns = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (const std::size_t least = columns_[i].minimum; least != 0 && layout.width[i] > least)
        columns += layout.width[i] - least;
    return columns;
  };
  // Leave out whole columns only while cutting cannot make it fit; the most important one stays.
  for (std::size_t k = 0; k + 1 < by_importance.size() && layout.total > width + can_be_cut(); ++k) {
    layout.width[by_importance[k]] = 0;
    layout.sum();
  }
  for (const std::size_t i : by_importance) {
    if (layout.total <= width) break;
    if (columns_[i].minimum == 0 || layout.width[i] <= columns_[i].minimum) continue;
    layout.width[i] -= std::min(layout.total - width, layout.width[i] - columns_[i].minimum);
    layout.sum();
  }
  if (layout.total > width && !by_importance.empty()) layout.width[by_importance.back()] = width;
  return layout;
}

std::string Table::line(const std::vector<std::string>& cells, const Layout& layout) const {
  std::string out;
  bool first = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (layout.width[i] == 0) continue;
    if (!first) out.append(k_gap, ' ');
    first = false;
    const std::string cell = truncate_middle(cells[i], layout.width[i]);
    const std::size_t blanks = layout.width[i] - display_width(cell);
    if (columns_[i].align == Align::right) out.append(blanks, ' ');
    out += cell;
    if (columns_[i].align == Align::left) out.append(blanks, ' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::vector<std::string> Table::lines(std::size_t width) const {
  const Layout layout = fit(width);
  std::vector<std::string> headers;
  for (const Column& column : columns_) headers.push_back(column.header);
  std::vector<std::string> out{line(headers, layout)};
  for (const auto& row : rows_) out.push_back(line(row, layout));
  return out;
}

}  // namespace perfwarden::text
