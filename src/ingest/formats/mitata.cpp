#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// mitata 1.x (JavaScript and C++): run({format: 'json'}), whose samples are nanoseconds, sorted; and the text that
// run() prints, in which the average stands behind the name: "sort 100   4.20 µs/iter   4.17 µs".
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_mitata_cure = "print it with `await run({format: 'json'})`";

class MitataReader {
 public:
  explicit MitataReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_mitata_cure));
    const auto benchmarks = tree.root().find("benchmarks");
    if (!benchmarks || !benchmarks->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the mitata JSON has no array \"benchmarks\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_mitata_cure)};
    Status status = Nothing{};
    benchmarks->each([&](const json::Node& entry) {
      const auto runs = entry.find("runs");
      if (!runs) return note_bad_record(table_, entry, "a benchmark without runs", "one with runs");
      const auto alias = entry.find("alias");
      const std::string name = alias ? shared_part(alias->text()) : "";
      runs->each([&](const json::Node& one) {
        if (status) status = read_run(one, name);
      });
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable time", "check whether the benchmarks throw");
  }

 private:
  Status read_run(const json::Node& one, std::string name) {
    if (const std::string own = string_of(one, "name"); !own.empty()) name = own;
    const auto stats = one.find("stats");
    if (name.empty() || !stats || !stats->is(json::Kind::object)) {
      table_.fail(one.line(), name, "has no stats: it failed");
      return Nothing{};
    }
    bool any = false;
    Status status = Nothing{};
    if (const auto samples = stats->find("samples"))
      samples->each([&](const json::Node& value) {
        any = true;
        if (status) status = table_.add(value.line(), name, wall_time(), "ns", number_or_nan(value) / 1e9);
      });
    if (!any && status) {
      table_.note_summary_only("this mitata file", "the median of each benchmark's samples",
                               "print it with run({format: {json: {samples: true}}})");
      status = table_.add(stats->line(), name, wall_time(), "ns", number_or_nan(*stats, "p50") / 1e9);
    }
    const auto heap = stats->find("heap");
    const auto average = heap ? heap->find("avg") : std::nullopt;
    if (!status || !average) return status;
    // An estimate from the garbage collector's counters: shown, and gated by name alone.
    return table_.add(average->line(), name, {"heap", "B", Better::lower, false, false}, "B", number_or_nan(*average));
  }

  const Document& document_;
  Table table_;
};

struct TextRow {
  std::string_view name, value, unit;
};

// "name   4.20 µs/iter …"; the blanks in front of the number are two or more, unless the name is longer than its
// column.
std::optional<TextRow> row_of_mitata(std::string_view line) {
  const std::size_t slash = line.find("/iter");
  if (slash == std::string_view::npos || line.starts_with(' ')) return std::nullopt;
  const std::string_view before = line.substr(0, slash);
  const std::size_t gap = before.rfind(' ');
  if (gap == std::string_view::npos) return std::nullopt;
  const std::string_view left = text::trim(before.substr(0, gap));
  const std::size_t number = left.rfind(' ');
  if (number == std::string_view::npos) return std::nullopt;
  const TextRow row{text::trim(left.substr(0, number)), left.substr(number + 1), before.substr(gap + 1)};
  const bool time = unit_in_words(row.unit).dimension == Dimension::time;
  return time && text::to_double(row.value) && !row.name.empty() ? std::optional(row) : std::nullopt;
}

bool is_header(std::string_view line) {
  return line.find("avg (min … max)") != std::string_view::npos;
}

Result<Reading> read_text(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  bool header = false;
  while (lines.next()) {
    const auto row = row_of_mitata(lines.line());
    if (!row) {
      // "parse    error: boom": what a benchmark that throws gets in place of its numbers.
      if (const std::size_t error = lines.line().find("  error: ");
          header && error != std::string_view::npos && error > 0)
        table.fail(lines.number(), text::trim(lines.line().substr(0, error)),
                   fmt::format("failed: {}", shown(lines.line().substr(error + 9))));
      header = header || is_header(lines.line());
      if (lines.line().find("/iter") != std::string_view::npos && !lines.line().starts_with(' '))
        table.note_unread(lines.number(), lines.line());
      continue;
    }
    const double value = text::to_double(row->value).value_or(0);
    PW_TRY(table.add(lines.number(), row->name, wall_time(), row->unit, to_base(value, unit_in_words(row->unit))));
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("mitata's table", "the average of each benchmark's samples", std::string(k_mitata_cure));
  return table.finish("no line reads like mitata's `name   4.20 µs/iter`", std::string(k_mitata_cure));
}

Result<Reading> read_mitata(const Document& document) {
  const bool json = text::trim(document.text.substr(0, 4096)).starts_with('{');
  return json ? MitataReader(document).run() : read_text(document);
}

int sniff_mitata(std::string_view head) {
  const Outline outline(head);
  if (outline.root() == '{') return outline.has("layout") && outline.has("benchmarks") ? 90 : 0;
  if (outline.root() != '\0') return 0;
  bool header = false;
  Lines lines(head);
  while (lines.next()) {
    const std::string_view line = lines.line();
    header = header || is_header(line);
    if (header && row_of_mitata(line)) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_mitata{
    .name = "mitata",
    .summary = "mitata, run({format: 'json'}) with all samples, or the average of its table; allocated heap",
    .sniff = sniff_mitata,
    .read = read_mitata,
    .how = "call run({ format: 'json' })"};

}  // namespace perfwarden::ingest
