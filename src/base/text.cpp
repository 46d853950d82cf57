#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace perfwarden::text {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

struct Decoded {
  std::uint32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

// One code point from the front of `s` (not empty), refusing overlong forms, surrogates and what
// lies above U+10FFFF.
Decoded decode(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || s.size() < size) return {};
  std::uint32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> k_least{0, 0, 0x80, 0x800, 0x10000};
  if (code < k_least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, size, true};
}

// Characters that hide or reorder what a person sees.
bool is_invisible(std::uint32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         c == 0x00AD || c == 0x034F || c == 0x061C || (c >= 0x180B && c <= 0x180F) || c == 0x3164 || c == 0xFFA0 ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

bool is_combining(std::uint32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F);
}

bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1F6FF) ||
         (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD) || c == 0x231A || c == 0x23F3 ||
         c == 0x26A1 || c == 0x2705 || c == 0x274C || c == 0x2753 || c == 0x2757;
}

std::size_t width(std::uint32_t c) {
  if (is_control(c) || is_combining(c) || is_invisible(c)) return 0;
  return is_wide(c) ? 2 : 1;
}

std::string clean(std::string_view s, bool keep_layout) {
  std::string out;
  out.reserve(s.size());
  while (!s.empty()) {
    const Decoded d = decode(s);
    if (!d.valid) {
      out += "\xEF\xBF\xBD";
    } else if (keep_layout && (d.code == '\n' || d.code == '\t')) {
      out += static_cast<char>(d.code);
    } else if (is_control(d.code)) {
      out += ' ';
    } else if (!is_invisible(d.code)) {
      out += s.substr(0, d.bytes);
    }
    s.remove_prefix(d.bytes);
  }
  return out;
}

}  // namespace

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = s.find(separator);
    parts.push_back(s.substr(0, end));
    if (end == std::string_view::npos) return parts;
    s.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> lines(std::string_view s) {
  std::vector<std::string_view> out = split(s, '\n');
  if (out.back().empty()) out.pop_back();
  for (std::string_view& line : out)
    if (line.ends_with('\r')) line.remove_suffix(1);
  return out;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string replace_all(std::string s, std::string_view from, std::string_view to) {
  if (from.empty()) return s;
  std::string out;
  std::size_t start = 0;
  for (std::size_t at = s.find(from); at != std::string::npos; at = s.find(from, start)) {
    out.append(s, start, at - start).append(to);
    start = at + from.size();
  }
  return out.append(s, start);
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

namespace {

// from_chars takes no '+', so it is removed first; a second sign after it must not be accepted.
bool take_plus(std::string_view& s) {
  if (!s.starts_with('+')) return true;
  s.remove_prefix(1);
  return !s.starts_with('-') && !s.starts_with('+');
}

}  // namespace

std::optional<double> to_double(std::string_view s) {
  if (!take_plus(s)) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<long long> to_integer(std::string_view s) {
  if (!take_plus(s)) return std::nullopt;
  long long value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t k_longest = 256;  // hostile names must not cost quadratic time
  if (word.size() > k_longest) return std::nullopt;
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > k_longest) continue;
    const std::size_t distance = edit_distance(lower(word), lower(candidate));
    if (distance < best && distance < std::max(word.size(), candidate.size())) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

namespace {

// Both matchers walk the set of glob positions that are still alive, one path character at a time: O(glob × path) at
// worst, and the few that are alive in practice.
class GlobMatcher {
 public:
  explicit GlobMatcher(std::string_view glob) : glob_(glob), entered_(glob.size() + 1, 0) { enter(0); }

  void step(char c) {
    std::swap(alive_, last_);
    alive_.clear();
    ++now_;
    // In order, so that a star is entered from the left before it stays: only then may the slash after ** be skipped.
    std::sort(last_.begin(), last_.end());
    for (const std::size_t i : last_) {
      if (i == glob_.size()) break;
      if (glob_[i] == '*') {
        if (c == '/' && !is_double(i)) continue;
        add(i);
        enter(behind(i));
      } else if (glob_[i] == c || (glob_[i] == '?' && c != '/')) {
        enter(i + 1);
      }
    }
  }
  [[nodiscard]] bool matched() const { return entered_[glob_.size()] == now_; }
  [[nodiscard]] bool dead() const { return alive_.empty(); }

 private:
  [[nodiscard]] bool is_double(std::size_t i) const { return i + 1 < glob_.size() && glob_[i + 1] == '*'; }
  [[nodiscard]] std::size_t behind(std::size_t star) const { return star + (is_double(star) ? 2 : 1); }
  bool add(std::size_t i) {
    if (entered_[i] == now_) return false;
    entered_[i] = now_;
    alive_.push_back(i);
    return true;
  }
  // Arrives at position i from the left; stars match nothing, too.
  void enter(std::size_t i) {
    while (add(i)) {
      if (i == glob_.size() || glob_[i] != '*') return;
      const std::size_t after = behind(i);
      // "a/**/b" also matches "a/b": the slash after ** may be skipped with it.
      if (is_double(i) && after < glob_.size() && glob_[after] == '/' && (i == 0 || glob_[i - 1] == '/'))
        enter(after + 1);
      i = after;
    }
  }

  std::string_view glob_;
  std::vector<std::size_t> entered_;  // the step at which each position was last added
  std::size_t now_ = 1;
  std::vector<std::size_t> alive_, last_;
};

}  // namespace

bool glob_match(std::string_view glob, std::string_view path) {
  GlobMatcher matcher(glob);
  for (const char c : path) {
    if (matcher.dead()) return false;
    matcher.step(c);
  }
  return matcher.matched();
}

bool glob_match_prefix(std::string_view glob, std::string_view path) {
  GlobMatcher matcher(glob);
  for (const char c : path) {
    if (c == '/' && matcher.matched()) return true;
    if (matcher.dead()) return false;
    matcher.step(c);
  }
  return matcher.matched();
}

std::size_t display_width(std::string_view s) {
  std::size_t columns = 0;
  while (!s.empty()) {
    const Decoded d = decode(s);
    columns += width(d.code);
    s.remove_prefix(d.bytes);
  }
  return columns;
}

std::string truncate(std::string_view s, std::size_t columns) {
  if (display_width(s) <= columns) return std::string(s);
  if (columns == 0) return "";
  std::string out;
  std::size_t used = 0;
  while (!s.empty()) {
    const Decoded d = decode(s);
    if (used + width(d.code) > columns - 1) break;
    used += width(d.code);
    out += s.substr(0, d.bytes);
    s.remove_prefix(d.bytes);
  }
  return out + "…";
}

std::string fit(std::string_view s, std::size_t columns) {
  std::string out = truncate(s, columns);
  return out.append(columns - std::min(columns, display_width(out)), ' ');
}

std::string sparkline(std::span<const double> values) {
  static constexpr std::array<std::string_view, 8> k_bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double low = 0;
  double high = 0;
  bool any = false;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  std::string out;
  for (const double value : values) {
    // Halved, since the distance of two finite numbers may be infinite.
    const double share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.45;
    const auto bar = static_cast<std::size_t>(std::isfinite(value) ? std::min(7.0, share * 8) : 0);
    out += std::isfinite(value) ? k_bars[bar] : "·";
  }
  return out;
}

std::size_t code_points(std::string_view s) {
  std::size_t count = 0;
  for (; !s.empty(); ++count) s.remove_prefix(decode(s).bytes);
  return count;
}

std::string_view first_code_points(std::string_view s, std::size_t count) {
  std::size_t bytes = 0;
  for (; count > 0 && bytes < s.size(); --count) bytes += decode(s.substr(bytes)).bytes;
  return s.substr(0, bytes);
}

std::string one_line(std::string_view s) {
  return clean(s, false);
}
std::string printable(std::string_view s) {
  return clean(s, true);
}

std::string escape_html(std::string_view s) {
  std::string out;
  for (const char c : s) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace perfwarden::text
