#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "ingest/limits.hpp"
#include "ingest/line_pattern.hpp"
#include "ingest/parts.hpp"
#include "ingest/read.hpp"

namespace perfwarden::ingest {
namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format* format : formats()) names.emplace_back(format->name);
  return names;
}

Error unknown_format(std::string_view name, const std::string& where) {
  const std::vector<std::string> names = format_names();
  const auto near = text::nearest(name, names);
  return Error{.kind = ErrorKind::config,
               .what = fmt::format("unknown format '{}'", shown(name)),
               .where = where,
               .hint = near ? fmt::format("did you mean '{}'?", *near)
                            : fmt::format("the formats are auto, {}", text::join(names, ", "))};
}

// What the text is nearly, in words that cure; empty when it is like nothing known.
std::string guess_of(std::string_view head) {
  if (text::trim(head).empty()) return "it is empty; set parser: time to time the command itself";
  const Format* const harness = harness_of(head);
  return harness == nullptr ? ""
                            : fmt::format("it looks like what {} prints for people; {}", harness->name, harness->how);
}

struct Sniffed {
  const Format* best = nullptr;
  const Format* rival = nullptr;  // as likely
};

Sniffed sniff_window(std::string_view window) {
  Sniffed out;
  int score = 0;
  for (const Format* format : formats()) {
    const int sure = format->sniff(window);
    if (sure <= 0) continue;
    if (out.best != nullptr) out.rival = sure > score ? out.best : format;
    if (sure > score) out.best = format;
    score = std::max(score, sure);
  }
  return out;
}

// "{" or "[" as JSON goes on after it, and not as in "[info] compiling".
bool begins_json(std::string_view text) {
  const std::string_view start = text::trim(text.substr(0, 4096));
  if (!start.starts_with('{') && !start.starts_with('[')) return false;
  const std::string_view next = text::trim(start.substr(1));
  return next.empty() || std::string_view("{[\"]}-0123456789").find(next.front()) != std::string_view::npos;
}

// The results may follow a long log: where the beginning says nothing, the lines after it are looked at too, a window
// at a time. Windows overlap by a half, so that a table at the border of two is whole in one.
Sniffed sniff(std::string_view text) {
  Sniffed found = sniff_window(text.substr(0, k_sniffed_bytes));
  for (std::size_t at = k_sniffed_bytes / 2; !begins_json(text) && found.best == nullptr; at += k_sniffed_bytes / 2) {
    if (at + k_sniffed_bytes / 2 >= text.size() || at > k_most_log_bytes) break;
    const std::size_t line = std::min(text.find('\n', at), text.size() - 1) + 1;
    found = sniff_window(text.substr(line, k_sniffed_bytes));
  }
  return found;
}

}  // namespace

const Format* find_format(std::string_view name) {
  for (const Format* format : formats())
    if (format->name == name) return format;
  return nullptr;
}

const Format* harness_of(std::string_view head) {
  for (const Format* format : formats())
    if (!format->for_people.empty() && head.find(format->for_people) != std::string_view::npos) return format;
  return nullptr;
}

Result<const Format*> choose(std::string_view name, const Document& document) {
  if (name != "auto" && !name.empty()) {
    const Format* const format = find_format(name);
    if (format == nullptr) return unknown_format(name, document.suite != nullptr ? document.suite->where.text() : "");
    return format;
  }
  const Sniffed found = sniff(document.text);
  if (found.best != nullptr && found.rival == nullptr) return found.best;
  if (found.best != nullptr)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the text looks like {} and like {}", found.rival->name, found.best->name),
                 .where = document.name,
                 .hint = "name the right one: parser: " + std::string(found.best->name)};
  const std::string guess = guess_of(document.text.substr(0, k_sniffed_bytes));
  return Error{.kind = ErrorKind::parse,
               .what = "the text looks like no known benchmark output",
               .where = document.name,
               .hint = guess.empty() ? fmt::format("name its format with `parser:` or --format: {}",
                                                   text::join(format_names(), ", "))
                                     : guess};
}

Status check_parser(const Suite& suite) {
  const std::string& name = suite.parser.name;
  if (name != "auto" && !name.empty() && find_format(name) == nullptr) return unknown_format(name, suite.where.text());
  if (name != "regex") return Nothing{};
  PW_TRY(LinePattern::compile(suite.parser.regex, suite.where.text()));
  return Nothing{};
}

}  // namespace perfwarden::ingest
