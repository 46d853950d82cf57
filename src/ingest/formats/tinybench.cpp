#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// tinybench 2 to 6 (JavaScript): JSON.stringify(bench.tasks.map(({name, result}) => ({name, result}))), whose times are
// milliseconds, and the text of console.table(bench.table()).
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_tinybench_cure =
    "print JSON.stringify(bench.tasks.map(({name, result}) => ({name, result}))) and nothing else";

class TinybenchReader {
 public:
  explicit TinybenchReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::array, k_tinybench_cure));
    Status status = Nothing{};
    tree.root().each([&](const json::Node& task) {
      if (status) status = read_task(task);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no task with a usable time", "check whether the tasks throw");
  }

 private:
  Status read_task(const json::Node& task) {
    const std::string name = string_of(task, "name");
    const auto result = task.find("result");
    if (name.empty() || !result || !result->is(json::Kind::object)) {
      note_bad_record(table_, task, "a task without a name or a result", "one with both");
      return Nothing{};
    }
    const json::Node latency = result->find("latency").value_or(*result);  // which tinybench 2 does not have
    bool any = false;
    Status status = Nothing{};
    if (const auto samples = latency.find("samples"))
      samples->each([&](const json::Node& value) {
        any = true;
        if (status) status = table_.add(value.line(), name, wall_time(), "ms", number_or_nan(value) / 1e3);
      });
    if (any || !status) return status;
    const auto median = latency.find("p50") ? latency.find("p50") : latency.find("mean");
    if (!median) {
      table_.fail(task.line(), name, "failed");
      return Nothing{};
    }
    table_.note_summary_only("this tinybench output", "the median of each task's samples",
                             "keep them with retainSamples: true");
    return table_.add(median->line(), name, wall_time(), "ms", number_or_nan(*median) / 1e3);
  }

  const Document& document_;
  Table table_;
};

// The cells of a console.table row, without quotes; empty when the line is none.
std::vector<std::string> unquoted_cells_of(std::string_view line) {
  constexpr std::string_view k_bar = "│";
  std::vector<std::string> out;
  line = text::trim(line);
  if (!line.starts_with(k_bar)) return out;
  line.remove_prefix(k_bar.size());
  for (std::size_t end = line.find(k_bar); end != std::string_view::npos; end = line.find(k_bar)) {
    std::string_view cell = text::trim(line.substr(0, end));
    if (cell.size() >= 2 && cell.front() == cell.back() && (cell.front() == '\'' || cell.front() == '"'))
      cell = cell.substr(1, cell.size() - 2);
    out.emplace_back(cell);
    line.remove_prefix(end + k_bar.size());
  }
  return out;
}

struct Columns {
  std::size_t name = 0, latency = 0, count = 0;
  std::string unit;
  bool median = false;
};

// "Latency med (ns)" of tinybench 3 and later, "Average Time (ns)" of 2.
std::optional<Columns> tinybench_columns(const std::vector<std::string>& cells) {
  Columns out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string word = text::lower(cells[i]);
    if (word == "task name") out.name = i;
    const bool median = word.starts_with("latency med");
    if (!median && !(out.latency == 0 && (word.starts_with("latency a") || word.starts_with("average time")))) continue;
    const std::size_t open = cells[i].find('('), close = cells[i].find(')');
    if (open == std::string::npos || close == std::string::npos || close < open) continue;
    out.latency = i;
    out.median = median;
    out.unit = cells[i].substr(open + 1, close - open - 1);
  }
  out.count = cells.size();
  const bool usable = out.name > 0 && out.latency > 0 && unit_in_words(out.unit).dimension == Dimension::time;
  return usable ? std::optional(out) : std::nullopt;
}

Result<Reading> read_table(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  std::optional<Columns> columns;
  while (lines.next()) {
    const std::vector<std::string> cells = unquoted_cells_of(lines.line());
    if (const auto header = tinybench_columns(cells)) {
      columns = header;
      continue;
    }
    if (!columns || cells.empty()) continue;
    if (cells.size() != columns->count) {  // a name with the bar of the table in it moves the columns
      table.note_unread(lines.number(), lines.line());
      continue;
    }
    const std::string& cell = cells[columns->latency];
    const auto value = grouped_number(cell.substr(0, cell.find(' ')));
    if (value)
      PW_TRY(table.add(lines.number(), cells[columns->name], wall_time(), columns->unit,
                       to_base(*value, unit_in_words(columns->unit))));
    else
      table.note(lines.number(), "bad-record",
                 fmt::format("benchmark '{}' has no latency: '{}'; ignored", shown(cells[columns->name]), shown(cell)));
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("tinybench's table", "one number of each task's samples", std::string(k_tinybench_cure));
  return table.finish("the input has no table of tinybench", std::string(k_tinybench_cure));
}

Result<Reading> read_tinybench(const Document& document) {
  const bool json = text::trim(document.text.substr(0, 4096)).starts_with('[');
  return json ? TinybenchReader(document).run() : read_table(document);
}

int sniff_tinybench(std::string_view head) {
  const Outline outline(head);
  if (outline.root() == '[')
    return outline.has("*/name") && (outline.has("*/result/latency") || outline.has("*/result/totalTime")) ? 80 : 0;
  if (outline.root() != '\0' || head.find("│") == std::string_view::npos) return 0;
  Lines lines(head);
  while (lines.next())
    if (tinybench_columns(unquoted_cells_of(lines.line()))) return 80;
  return 0;
}

}  // namespace

extern const Format k_format_tinybench{
    .name = "tinybench",
    .summary = "tinybench: its tasks as JSON, with samples where they were retained, or console.table(bench.table())",
    .sniff = sniff_tinybench,
    .read = read_tinybench,
    .how = "print JSON.stringify(bench.tasks), or console.table(bench.table())"};

}  // namespace perfwarden::ingest
