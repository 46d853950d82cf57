#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/line_pattern.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

Result<Reading> read_regex(const Document& document) {
  if (document.suite == nullptr || document.suite->parser.regex.empty())
    return Error{.kind = ErrorKind::config,
                 .what = "the format 'regex' needs a pattern",
                 .where = document.name,
                 .hint = "write parser: { regex: '^(?<name>\\S+) (?<value>[\\d.]+) (?<unit>ms|s)$' }, or pass --regex"};
  PW_TRY_ASSIGN(const LinePattern pattern,
                LinePattern::compile(document.suite->parser.regex, document.suite->where.text()));
  Table table(document);
  Lines lines(document.text);
  LineMatch match;
  while (lines.next()) {
    const std::string line = valid_utf8(lines.line());  // RE2 steps over no byte that is not UTF-8
    if (!pattern.match(line, match)) continue;
    const std::string benchmark = match.name.empty() ? fallback_name(document) : std::string(match.name);
    const std::optional<double> value = text::to_double(match.value);
    if (!value) {
      table.note(lines.number(), "bad-record",
                 fmt::format("benchmark '{}': the value '{}' is not a finite number; ignored", shown(benchmark),
                             shown(match.value)));
      continue;
    }
    const Unit unit = unit_of(match.unit);
    Metric metric = metric_of_unit(unit);
    const std::string named(match.metric.empty() ? std::string_view(document.suite->parser.metric) : match.metric);
    if (!named.empty()) metric = named_metric(named, match.unit);
    PW_TRY(table.add(lines.number(), benchmark, std::move(metric), match.unit, to_base(*value, unit)));
  }
  table.note_long_lines(lines.passed_over());
  return table.finish("no line matches the pattern of parser.regex",
                      "the pattern is tried on each line by itself; print one line to compare");
}

int sniff_regex(std::string_view /*head*/) {
  return 0;  // chosen by name alone
}

}  // namespace

extern const Format k_format_regex{
    .name = "regex",
    .summary = "Any text, by a pattern with the group value and optionally name, unit, metric; one match a line",
    .sniff = sniff_regex,
    .read = read_regex};

}  // namespace perfwarden::ingest
