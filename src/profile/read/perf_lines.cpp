#include "profile/read/perf_lines.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::string_view k_blank = " \t";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_of_time(char c) {
  return text::is_digit(c) || c == '.';
}

// Cuts the next word off, with the white space before it.
std::string_view word(std::string_view& rest) {
  std::size_t begin = 0;
  while (begin < rest.size() && is_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view out = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return out;
}

template <bool (*Is)(char)>
bool consists_of(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), Is);
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? value : 0;
}

// "12" or "12/34"
bool is_pid(std::string_view text) {
  const std::size_t slash = text.find('/');
  return consists_of<text::is_digit>(text.substr(0, slash)) &&
         (slash == std::string_view::npos || consists_of<text::is_digit>(text.substr(slash + 1)));
}

bool is_cpu(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         consists_of<text::is_digit>(text.substr(1, text.size() - 2));
}

bool is_time(std::string_view text) {
  return text.ends_with(':') && consists_of<is_of_time>(text.substr(0, text.size() - 1));
}

bool is_frame(std::string_view text) {
  std::string_view rest = text;
  return consists_of<text::is_hex_digit>(word(rest)) && text::trim(text).ends_with(')');
}

struct Split {
  std::string_view comm, pid, tail;
};

// Commands may hold spaces and numbers, so the pid is the first number that is followed by what follows a pid.
std::optional<Split> split_at_pid(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(k_blank);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(begin);
  word(rest);
  while (!rest.empty()) {
    const std::string_view comm(line.data() + begin, static_cast<std::size_t>(rest.data() - line.data()) - begin);
    const std::string_view pid = word(rest);
    if (!is_pid(pid)) continue;
    std::string_view after = rest;
    const std::string_view next = word(after);
    if (is_cpu(next) || next.ends_with(':') || (next.empty() && !rest.empty())) return Split{comm, pid, rest};
  }
  return std::nullopt;
}

// Reads "[cpu] time: period event: frame".
void read_tail(std::string_view rest, PerfEventLine& out) {
  std::string_view next = word(rest);
  if (is_cpu(next)) next = word(rest);
  if (is_time(next)) {
    next.remove_suffix(1);
    out.time = text::to_double(next).value_or(0);
    next = word(rest);
    if (consists_of<text::is_digit>(next)) {
      out.period = number(next);
      next = word(rest);
    }
  }
  if (!next.ends_with(':')) return;
  out.event = next.substr(0, next.size() - 1);
  rest = text::trim(rest);
  if (is_frame(rest)) out.frame = rest;
}

// The bracket that the one at the end of `text` closes, when a space comes before it; else the last bracket that has
// one. npos when there is none.
std::size_t module_begin(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = text.size(); at-- > 1;) {
    if (text[at] == ')') ++depth;
    if (text[at] != '(' || --depth > 0) continue;
    if (text[at - 1] == ' ' || text[at - 1] == '\t') return at;
    break;
  }
  const std::size_t last = text.rfind(" (");
  return last == std::string_view::npos ? last : last + 1;
}

std::string_view without_offset(std::string_view symbol) {
  const std::size_t plus = symbol.rfind("+0x");
  return plus != std::string_view::npos && consists_of<text::is_hex_digit>(symbol.substr(plus + 3))
             ? symbol.substr(0, plus)
             : symbol;
}

}  // namespace

std::optional<PerfEventLine> perf_event_line(std::string_view line) {
  const auto split = split_at_pid(line);
  if (!split) return std::nullopt;
  PerfEventLine out;
  out.comm = split->comm;
  const std::size_t slash = split->pid.find('/');
  out.tid = split->pid.substr(slash == std::string_view::npos ? 0 : slash + 1);
  if (slash != std::string_view::npos) out.pid = split->pid.substr(0, slash);
  read_tail(split->tail, out);
  return out;
}

std::optional<PerfFrameLine> perf_frame_line(std::string_view line) {
  const std::size_t close = line.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  const std::size_t open = module_begin(line.substr(0, close + 1));
  if (open == std::string_view::npos) return std::nullopt;
  PerfFrameLine out;
  out.module = line.substr(open + 1, close - open - 1);
  if (out.module.ends_with(" (deleted)")) out.module.remove_suffix(std::string_view(" (deleted)").size());
  if (out.module == "inlined") {
    out.inlined = true;
    out.module = {};
  }
  if (out.module == "[unknown]") out.module = {};
  std::string_view rest = line.substr(0, open - 1);
  const std::size_t begin = rest.find_first_not_of(k_blank);
  if (begin == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(begin);
  std::string_view symbol = rest;
  const std::string_view first = word(symbol);
  if (consists_of<text::is_hex_digit>(first)) {
    out.address = first;
    out.empty_symbol = text::trim(symbol).empty() && !symbol.empty();
    symbol.remove_prefix(std::min(symbol.find_first_not_of(k_blank), symbol.size()));
  } else {
    symbol = rest;
  }
  out.symbol = without_offset(symbol);
  return out;
}

}  // namespace perfwarden::profile
