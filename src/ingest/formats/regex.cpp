#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/line_pattern.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

// Lines that the pattern does not match although they are built as one that it matches: as many words, with a number
// in the same place.
class NearMisses {
 public:
  void learn(std::string_view line, std::string_view value) {
    const std::vector<std::string_view> words = fields_of(line);
    for (std::size_t i = 0; i < words.size(); ++i)
      if (value.data() >= words[i].data() && value.data() < words[i].data() + words[i].size())
        known_.emplace(words.size(), i);
  }
  void see(int number, const std::string& line) {
    if (unmatched_.size() < k_most) unmatched_.emplace_back(number, line);
  }
  void tell(Table& table) const {
    for (const auto& [number, line] : unmatched_) {
      const std::vector<std::string_view> words = fields_of(line);
      for (std::size_t i = 0; i < words.size(); ++i)
        if (known_.contains({words.size(), i}) && begins_with_number(words[i])) {
          table.note_unread(number, line);
          break;
        }
    }
  }

 private:
  static constexpr std::size_t k_most = 1000;
  static bool begins_with_number(std::string_view word) {
    const std::size_t first = word.find_first_not_of("+-.(<~");
    return first < word.size() && text::is_digit(word[first]);
  }
  std::set<std::pair<std::size_t, std::size_t>> known_;  // words of a line that matches, and which holds the value
  std::vector<std::pair<int, std::string>> unmatched_;
};

Result<Reading> read_regex(const Document& document) {
  if (document.suite == nullptr || document.suite->parser.regex.empty())
    return Error{.kind = ErrorKind::config,
                 .what = "the format 'regex' needs a pattern",
                 .where = document.name,
                 .hint = "write parser: { regex: '^(?<name>\\S+) (?<value>[\\d.]+) (?<unit>ms|s)$' }, or pass --regex"};
  PW_TRY_ASSIGN(const LinePattern pattern,
                LinePattern::compile(document.suite->parser.regex, document.suite->where.text()));
  Table table(document);
  NearMisses near;
  Lines lines(document.text);
  LineMatch match;
  while (lines.next()) {
    const std::string line = valid_utf8(lines.line());  // RE2 steps over no byte that is not UTF-8
    if (!pattern.match(line, match)) {
      near.see(lines.number(), line);
      continue;
    }
    near.learn(line, match.value);
    const std::string benchmark = match.name.empty() ? fallback_name(document) : std::string(match.name);
    const std::optional<double> value = text::to_double(match.value);
    if (!value) {
      table.note(lines.number(), "bad-record",
                 fmt::format("benchmark '{}': the value '{}' is not a finite number; ignored", shown(benchmark),
                             shown(match.value)));
      continue;
    }
    const Unit unit = unit_in_words(match.unit);
    Metric metric = metric_of_unit(unit);
    const std::string named(match.metric.empty() ? std::string_view(document.suite->parser.metric) : match.metric);
    if (!named.empty()) metric = named_metric(named, match.unit);
    PW_TRY(table.add(lines.number(), benchmark, std::move(metric), match.unit, to_base(*value, unit)));
  }
  near.tell(table);
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
