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
  if (head.find("Iterations\n---") != std::string_view::npos)
    return "it looks like Google Benchmark's table; run it with --benchmark_format=json";
  return "";
}

}  // namespace

const Format* find_format(std::string_view name) {
  for (const Format* format : formats())
    if (format->name == name) return format;
  return nullptr;
}

Result<const Format*> choose(std::string_view name, const Document& document) {
  if (name != "auto" && !name.empty()) {
    const Format* const format = find_format(name);
    if (format == nullptr) return unknown_format(name, document.suite != nullptr ? document.suite->where.text() : "");
    return format;
  }
  const std::string_view head = document.text.substr(0, k_sniffed_bytes);
  const Format* best = nullptr;
  const Format* rival = nullptr;
  int score = 0;
  for (const Format* format : formats()) {
    const int sure = format->sniff(head);
    if (sure <= 0) continue;
    if (best != nullptr) rival = sure > score ? best : format;
    if (sure > score) best = format;
    score = std::max(score, sure);
  }
  if (best != nullptr && rival == nullptr) return best;
  if (best != nullptr)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the text looks like {} and like {}", rival->name, best->name),
                 .where = document.name,
                 .hint = "name the right one: parser: " + std::string(best->name)};
  const std::string guess = guess_of(head);
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
