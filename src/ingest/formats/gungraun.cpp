#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/bundle.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/json_stream.hpp"
#include "ingest/limits.hpp"

// gungraun, called iai-callgrind before 0.17: the text of cargo bench, and its JSON (--output-format=json, or the
// summary.json files; summary schemas 1 to 7). Counts of a simulated processor: the same code gives the same number.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_gungraun_cure = "run `cargo bench -- --output-format=json`, or use its text unchanged";

struct Event {
  std::string_view label, key;  // in the text, in the JSON
  std::string_view metric;
  bool primary;
};

constexpr std::array<Event, 23> k_events{{{"Instructions", "Ir", "instructions", true},
                                          {"L1 Hits", "L1hits", "l1_hits", false},
                                          {"LL Hits", "LLhits", "ll_hits", false},
                                          {"L2 Hits", "", "ll_hits", false},
                                          {"RAM Hits", "RamHits", "ram_hits", false},
                                          {"Total read+write", "TotalRW", "reads_and_writes", false},
                                          {"Estimated Cycles", "EstimatedCycles", "estimated_cycles", false},
                                          {"Total bytes", "TotalBytes", "allocated_bytes", true},
                                          {"Total blocks", "TotalBlocks", "allocations", true},
                                          {"At t-gmax bytes", "AtTGmaxBytes", "heap_peak_bytes", false},
                                          {"At t-gmax blocks", "AtTGmaxBlocks", "heap_peak_blocks", false},
                                          {"Reads bytes", "ReadsBytes", "read_bytes", false},
                                          {"Writes bytes", "WritesBytes", "written_bytes", false},
                                          {"At t-end bytes", "AtTEndBytes", "heap_end_bytes", false},
                                          {"At t-end blocks", "AtTEndBlocks", "heap_end_blocks", false},
                                          {"Dr", "Dr", "data_reads", false},
                                          {"Dw", "Dw", "data_writes", false},
                                          {"I1mr", "I1mr", "l1i_read_misses", false},
                                          {"D1mr", "D1mr", "l1d_read_misses", false},
                                          {"D1mw", "D1mw", "l1d_write_misses", false},
                                          {"ILmr", "ILmr", "lli_read_misses", false},
                                          {"DLmr", "DLmr", "lld_read_misses", false},
                                          {"DLmw", "DLmw", "lld_write_misses", false}}};

Metric metric_of(const Event& event) {
  Metric metric = counter_metric(event.metric);
  metric.deterministic = true;
  metric.better = Better::lower;  // also of hits: a hit is an access, and less of them is less work
  metric.primary = event.primary;
  return metric;
}

// Two tools may count one event; those of the usual two differ anyway.
std::vector<Qualifier> qualifiers_of(const std::string& tool) {
  if (tool.empty() || tool == "callgrind" || tool == "dhat") return {};
  return {{"tool", tool}};
}

// The new value of {"new": 1}, {"Left": 1}, {"Both": [1, old]}, {"Int": 1}, {"metrics": …}, {"values": …}, or 1 itself.
std::optional<double> new_value(const json::Node& node, int depth = 0) {
  if (node.is(json::Kind::number)) return node.number();
  if (node.is(json::Kind::array)) {
    std::optional<double> first;
    node.each([&](const json::Node& value) {
      if (!first && value.is(json::Kind::number)) first = value.number();
      if (!first && value.is(json::Kind::object) && depth < 6) first = new_value(value, depth + 1);
    });
    return first;
  }
  for (const std::string_view key : {"values", "metrics", "new", "Left", "Both", "Int", "Float"})
    if (const auto member = node.find(key)) return depth < 6 ? new_value(*member, depth + 1) : std::nullopt;
  return std::nullopt;
}

class GungraunReader {
 public:
  GungraunReader(const Document& document, Table& table) : document_(document), table_(table) {}

  Status run() {
    for (const BundledFile& file : unbundle(document_.text, document_.name))
      PW_TRY(for_each_json(file.text, document_.name, file.line, table_,
                           [&](const json::Node& value) { return read(value); }));
    return Nothing{};
  }

 private:
  Status read(const json::Node& value) {
    Status status = Nothing{};
    value.each([&](const json::Node& summary) {  // `jq -s` puts the summaries into an array
      if (status) status = read_summary(summary);
    });
    return value.is(json::Kind::array) ? status : read_summary(value);
  }

  Status read_summary(const json::Node& summary) {
    std::string name = string_of(summary, "module_path");
    if (name.empty()) return Nothing{};  // another program's JSON
    if (const std::string id = string_of(summary, "id"); !id.empty()) name += "/" + id;
    table_.qualify({});
    if (const auto old = summary.find("callgrind_summary")) PW_TRY(read_totals(*old, name, 0));
    Status status = Nothing{};
    if (const auto profiles = summary.find("profiles")) {
      profiles->each([&](const json::Node& profile) {
        table_.qualify(qualifiers_of(text::lower(string_of(profile, "tool"))));
        if (status) status = read_totals(profile, name, 0);
      });
      if (!profiles->is(json::Kind::array)) status = read_totals(*profiles, name, 0);
    }
    if (std::exchange(counts_, 0) == 0)
      table_.note(summary.line(), "unread-line", fmt::format("benchmark '{}' has no count that is read", shown(name)));
    return status;
  }

  // The counts stand in "total" of each tool, at a depth that differs by version; "parts" repeat them.
  Status read_totals(const json::Node& node, const std::string& name, int depth) {
    Status status = Nothing{};
    if (depth > 8) return status;
    node.each([&](const json::Node& element) {
      if (status) status = read_totals(element, name, depth + 1);
    });
    node.each_member([&](std::string_view key, const json::Node& member) {
      if (!status || key == "parts" || key == "segments" || key == "regressions") return;
      status = key == "total" ? read_events(member, name, 0) : read_totals(member, name, depth + 1);
    });
    return status;
  }

  Status read_events(const json::Node& node, const std::string& name, int depth) {
    Status status = Nothing{};
    if (depth > 4) return status;
    node.each_member([&](std::string_view key, const json::Node& member) {
      if (!status) return;
      const auto event =
          std::find_if(k_events.begin(), k_events.end(), [&](const Event& row) { return row.key == key; });
      if (event == k_events.end()) {
        status = read_events(member, name, depth + 1);
      } else if (const auto value = new_value(member)) {
        ++counts_;
        status = table_.add(member.line(), name, metric_of(*event), "", *value);
      }
    });
    return status;
  }

  const Document& document_;
  Table& table_;
  std::size_t counts_ = 0;  // read of the summary
};

// "test_lib_bench::group::bench_fibonacci short:10" → "test_lib_bench::group::bench_fibonacci/short"; empty for other
// lines. What follows the id are the arguments, which may be long.
std::string name_of_line(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return "";
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view path = line.substr(0, blank);
  if (path.find("::") == std::string_view::npos) return "";
  const std::string_view rest = text::trim(line.substr(blank));
  if (rest.empty() || rest.front() == '(' || rest.front() == ':') return std::string(path);
  const std::size_t colon = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  // "mod::thing: done" and "mod::thing took 5 ms" are what a benchmark prints.
  if (colon == std::string_view::npos || rest[colon] != ':' || rest.substr(colon).starts_with(": ")) return "";
  return fmt::format("{}/{}", path, rest.substr(0, colon));
}

struct Count {
  std::string_view label, value;
  const Event* event = nullptr;  // null: not one of ours
};

// "  Instructions:            1733|1700        (+1.94118%) [+1.01941x]"
std::optional<Count> count_of(std::string_view line) {
  if (!line.starts_with("  ")) return std::nullopt;
  line = text::trim(line);
  const std::size_t colon = line.find(':');
  const std::size_t bar = line.find('|', colon);
  if (colon == std::string_view::npos || bar == std::string_view::npos || line.starts_with("##")) return std::nullopt;
  Count out{line.substr(0, colon), text::trim(line.substr(colon + 1, bar - colon - 1))};
  for (const Event& event : k_events)
    if (event.label == out.label) out.event = &event;
  return out;
}

// A benchmark's text: its name, then by tool ("======= CACHEGRIND ====") its counts. A tool that ran several processes,
// threads or parts prints one section each ("## pid: 11 …") and their sum ("## Total"). "Comparison with …" begins
// the counts of another benchmark, printed once more.
class GungraunText {
 public:
  GungraunText(const Document& document, Table& table) : document_(document), table_(table) {}

  Status run() {
    Lines lines(document_.text);
    while (lines.next()) PW_TRY(read_line(lines.line(), lines.number()));
    table_.note_long_lines(lines.passed_over());
    PW_TRY(flush());
    note_without_counts();
    if (unknown_.empty()) return Nothing{};
    std::vector<std::string> labels;
    int first = unknown_.begin()->second;
    for (const auto& [label, number] : unknown_) {
      labels.push_back(label);
      first = std::min(first, number);
    }
    table_.note(first, "unread-line", fmt::format("events that are not read: {}", shown(text::join(labels, ", "))));
    return Nothing{};
  }

 private:
  enum class Section { whole, part, total };
  struct Read {
    int line = 0;
    const Event* event = nullptr;
    double value = 0;
    Section section = Section::whole;
    std::size_t part = 0;
  };

  // Any other line is the benchmark's own output, or the rest of an argument that holds line ends.
  Status read_line(std::string_view line, int number) {
    if (const std::string name = name_of_line(line); !name.empty()) {
      PW_TRY(flush());
      note_without_counts();
      name_ = name;
      named_at_ = number;
      tool_.clear();
      section_ = Section::whole;
      part_ = 0;
      return Nothing{};
    }
    const std::string_view words = text::trim(line);
    if (words.starts_with("Comparison with")) {
      PW_TRY(flush());
      name_.clear();
      compared_ = true;
      return Nothing{};
    }
    if (words.starts_with("=======")) {
      PW_TRY(flush());
      tool_ = text::lower(text::trim(words.substr(7, words.find('=', 7) - 7)));
      section_ = Section::whole;
      part_ = 0;
      return Nothing{};
    }
    if (words.starts_with("## ")) {
      section_ = words.starts_with("## Total") ? Section::total : Section::part;
      ++part_;
      return Nothing{};
    }
    read_count(line, number);
    return Nothing{};
  }

  void read_count(std::string_view line, int number) {
    const auto count = count_of(line);
    if (!count || (name_.empty() && compared_)) return;
    const auto value = grouped_number(count->value);
    if (value) named_at_ = 0;
    if (!value || name_.empty()) {
      if (count->event != nullptr) table_.note_unread(number, line);
    } else if (count->event == nullptr) {
      unknown_.try_emplace(shown(count->label), number);
    } else {
      counts_.push_back({number, count->event, *value, section_, part_});
    }
  }

  // A benchmark that stopped, or a line of a benchmark's own that looks like a name.
  void note_without_counts() {
    if (named_at_ > 0)
      table_.note(named_at_, "unread-line", fmt::format("benchmark '{}' has no count that is read", shown(name_)));
    named_at_ = 0;
  }

  Status flush() {
    if (!name_.empty()) compared_ = false;
    const std::vector<Read> counts = std::exchange(counts_, {});
    if (counts.empty()) return Nothing{};
    const bool total =
        std::any_of(counts.begin(), counts.end(), [](const Read& one) { return one.section == Section::total; });
    const bool several = !total && counts.front().part != counts.back().part;
    if (several)
      table_.note(counts.front().line, "unread-line",
                  fmt::format("benchmark '{}' has several parts and no total; ignored", shown(name_)));
    table_.qualify(qualifiers_of(tool_));
    for (const Read& one : counts)
      if (!several && (!total || one.section == Section::total))
        PW_TRY(table_.add(one.line, name_, metric_of(*one.event), "", one.value));
    return Nothing{};
  }

  const Document& document_;
  Table& table_;
  std::string name_, tool_;
  Section section_ = Section::whole;
  std::size_t part_ = 0;
  int named_at_ = 0;       // the line of name_ while it has no counts; else 0
  bool compared_ = false;  // what follows is of another benchmark
  std::vector<Read> counts_;
  std::map<std::string, int> unknown_;  // label of an event that is not ours → first line
};

// The text from its first line that begins a JSON summary; empty when there is none.
std::string_view from_json(std::string_view text) {
  if (is_bundle(text)) return text;
  if (text.find("\"module_path\"") == std::string_view::npos) return {};
  for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size() - 1) + 1) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t", at), text.size() - 1);
    if (text[begin] != '{' && text[begin] != '[') continue;
    const Outline outline(text.substr(begin, k_sniffed_bytes));  // of this one value
    if (outline.has("module_path") || outline.has("*/module_path")) return text.substr(begin);
  }
  return {};
}

Result<Reading> read_gungraun(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  const std::string_view start = text::trim(document.text.substr(0, 4096));
  const bool json = start.starts_with('{') || start.starts_with('[') || !from_json(document.text).empty();
  PW_TRY(json ? GungraunReader(document, table).run() : GungraunText(document, table).run());
  return table.finish("the input has no counts of gungraun or iai-callgrind", std::string(k_gungraun_cure));
}

int sniff_gungraun(std::string_view head) {
  const std::string_view text = from_json(head);
  if (!text.empty()) {
    const Outline outline(unbundle(text, "").front().text);
    if (outline.root() == '\0') return 0;
    const std::string prefix = outline.root() == '[' ? "*/" : "";
    const bool summary = outline.has(prefix + "profiles") || outline.has(prefix + "callgrind_summary");
    return summary && outline.has(prefix + "module_path") ? 90 : 0;
  }
  Lines lines(head);
  bool named = false;
  while (lines.next()) {
    named = named || !name_of_line(lines.line()).empty();
    const auto count = count_of(lines.line());
    if (named && count && count->event != nullptr && grouped_number(count->value)) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_gungraun{
    .name = "gungraun",
    .summary =
        "gungraun and iai-callgrind, text or JSON: instructions, cache hits, estimated cycles, heap; compared exactly",
    .sniff = sniff_gungraun,
    .read = read_gungraun};

}  // namespace perfwarden::ingest
