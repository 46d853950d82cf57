#include "ingest/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "ingest/limits.hpp"
#include "json/write.hpp"

namespace perfwarden::ingest {

std::string shown(std::string_view hostile) {
  return text::truncate(text::one_line(hostile.substr(0, k_max_name_bytes)), 120);
}

std::string valid_utf8(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::string(text);
  return json::valid_utf8(text);
}

void Notes::add(std::string code, std::string text, std::string_view key) {
  std::string same = fmt::format("{}{}{}", code, '\0', key);
  if (seen_.contains(same)) return;
  if (notes_.size() >= k_max_notes) {  // remembers no more of a hostile text
    ++left_out_;
    return;
  }
  seen_.insert(std::move(same));
  notes_.push_back({std::move(code), std::move(text)});
}

std::vector<Warning> Notes::take() {
  if (left_out_ > 0) notes_.push_back({"more-warnings", fmt::format("{} more warnings are not shown", left_out_)});
  return std::move(notes_);
}

std::string Table::at(int line) const {
  return line > 0 ? fmt::format("{}:{}", document_->name, line) : document_->name;
}

void Table::note(int line, std::string code, std::string_view text) {
  notes_.add(std::move(code), fmt::format("{}: {}", at(line), text), text);
}
void Table::note_once(std::string code, const std::string& text) {
  notes_.add(std::move(code), text);
}

void Table::note_summary_only(std::string_view harness, std::string_view what, std::string_view cure) {
  note_once("aggregates-only", fmt::format("{} gives only {}, so that each output counts as one value{}{}", harness,
                                           what, cure.empty() ? "" : "; ", cure));
}
void Table::note_long_lines(std::size_t passed_over) {
  if (passed_over == 0) return;
  note(0, "long-lines", fmt::format("{} lines of more than {} bytes were ignored", passed_over, k_max_line_bytes));
}

void Table::note_unread(int line, std::string_view text) {
  note(line, "unread-line",
       fmt::format("'{}' looks like a result and could not be read: report it, with the line, if it is one",
                   shown(text::trim(text))));
}

void Table::fail(int line, std::string_view benchmark, std::string_view reason) {
  std::string what =
      benchmark.empty() ? std::string(reason) : fmt::format("benchmark '{}' {}", shown(benchmark), reason);
  note(line, "benchmark-failed", what);
  failures_.push_back({.benchmark = std::string(benchmark.substr(0, k_max_name_bytes)),
                       .qualifiers = qualifiers_,
                       .reason = fmt::format("{}: {}", at(line), what)});
}

void Table::not_finite(int line, std::string_view benchmark, const Metric& metric, std::string_view what) {
  const std::string text = fmt::format("benchmark '{}': {}; ignored", shown(benchmark), what);
  note(line, "not-finite", text);
  if (!metric.primary || not_finite_.size() >= k_max_series) return;
  not_finite_.emplace_back(fmt::format("{}{}{}", key_of(benchmark), '\0', metric.name),
                           Failed{.benchmark = std::string(benchmark),
                                  .qualifiers = qualifiers_,
                                  .reason = fmt::format("{}: benchmark '{}': {}", at(line), shown(benchmark), what)});
}

void Table::fail_without_values() {
  for (auto& [key, failed] : not_finite_)
    if (!index_.contains(key)) failures_.push_back(std::move(failed));
}

// Names of qualifiers never hold NUL.
std::string Table::key_of(std::string_view benchmark) const {
  std::string key(benchmark);
  for (const Qualifier& one : qualifiers_) key += fmt::format("{}{}={}", '\0', one.key, one.value);
  return key;
}

bool Table::has(std::string_view benchmark, std::string_view metric) const {
  return index_.contains(fmt::format("{}{}{}", key_of(benchmark), '\0', metric));
}

void Table::duplicate(int line, std::string_view benchmark) {
  duplicates_.try_emplace(
      key_of(benchmark),
      fmt::format("{}: benchmark '{}' occurs twice and nothing tells the two apart, so neither is judged: give them "
                  "different names, or number their processes if they are repetitions and the format can",
                  at(line), shown(benchmark)));
}

bool Table::is_second(const Measurement& measurement, std::optional<std::uint32_t> process) const {
  if (repeats_ == Repeats::repetition || measurement.values.empty()) return false;
  return !process || measurement.processes.empty() || measurement.processes.back() == *process;
}

void Table::drop_duplicates() {
  if (duplicates_.empty()) return;
  std::erase_if(measurements_, [&](const Measurement& measurement) {
    qualifiers_ = measurement.qualifiers;
    return duplicates_.contains(key_of(measurement.benchmark));
  });
  std::vector<std::string> said;
  for (const auto& [key, text] : duplicates_) said.push_back(text);
  std::sort(said.begin(), said.end());
  for (const std::string& text : said) notes_.add("duplicate-benchmark", text);
}

Status Table::add(int line, std::string_view benchmark, Metric metric, std::string_view original_unit, double value,
                  std::optional<std::uint32_t> process) {
  for (const auto& [name, may_be_empty] : {std::pair(benchmark, false), std::pair(std::string_view(metric.name), false),
                                           std::pair(std::string_view(metric.unit), true)}) {
    if (name.size() <= k_max_name_bytes && (may_be_empty || !name.empty())) continue;
    note(line, "bad-name",
         name.empty() ? "a benchmark or metric without a name; ignored"
                      : fmt::format("the name '{}…' has {} bytes, more than {}; ignored", shown(name.substr(0, 40)),
                                    name.size(), k_max_name_bytes));
    return Nothing{};
  }
  if (!std::isfinite(value)) {
    not_finite(line, benchmark, metric,
               fmt::format("{} is {}", shown(metric.name), std::isnan(value) ? "NaN" : "infinite"));
    return Nothing{};
  }
  if (process && *process >= k_max_invocations)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("more than {} invocations of one benchmark", k_max_invocations),
                 .where = at(line),
                 .hint = "split the output"};
  const auto [found, added] =
      index_.emplace(fmt::format("{}{}{}", key_of(benchmark), '\0', metric.name), measurements_.size());
  if (added) {
    if (measurements_.size() >= k_max_series)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("more than {} benchmarks and metrics in one output", k_max_series),
                   .where = at(line),
                   .hint = "split the suite"};
    measurements_.push_back(
        {std::string(benchmark), std::move(metric), std::string(original_unit), {}, {}, qualifiers_});
  } else if (is_second(measurements_[found->second], process)) {
    duplicate(line, benchmark);
    return Nothing{};
  } else if (measurements_[found->second].metric.unit != metric.unit) {
    note(line, "unit-changed",
         fmt::format("benchmark '{}': {} is first in {} and then in {}; the later value is ignored", shown(benchmark),
                     shown(metric.name), shown(measurements_[found->second].metric.unit), shown(metric.unit)));
    return Nothing{};
  }
  if (++values_ > k_max_values)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("more than {} values in one output", k_max_values),
                 .where = at(line),
                 .hint = "split the suite"};
  Measurement& measurement = measurements_[found->second];
  if (process) {
    measurement.processes.resize(measurement.values.size(), 0);
    measurement.processes.push_back(*process);
  } else if (!measurement.processes.empty()) {
    measurement.processes.push_back(0);
  }
  measurement.values.push_back(value);
  return Nothing{};
}

Result<Reading> Table::finish(std::string what, std::string hint) {
  drop_duplicates();
  const bool names_a_failure = std::any_of(failures_.begin(), failures_.end(), [](const Failed& failed) {
    return !failed.benchmark.empty() && failed.failed > 0;
  });
  if (measurements_.empty() && !names_a_failure) {
    if (!notes_.empty()) what += fmt::format(" (first: {})", shown(notes_.first().text));
    return Error{.kind = ErrorKind::parse, .what = std::move(what), .where = document_->name, .hint = std::move(hint)};
  }
  fail_without_values();
  return Reading{std::move(measurements_), notes_.take(), std::move(failures_)};
}

namespace {

// ESC [ … letter: colours and cursor moves (ECMA-48 control sequences).
void strip_escapes(std::string_view line, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b' || i + 1 >= line.size() || line[i + 1] != '[') {
      out += line[i];
      continue;
    }
    i += 2;
    while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
  }
}

}  // namespace

bool Lines::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line_.size() > k_max_line_bytes) {
      ++passed_over_;
      continue;
    }
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    if (line_.find('\x1b') != std::string_view::npos) {
      strip_escapes(line_, cleaned_);
      line_ = cleaned_;
    }
    return true;
  }
  return false;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (!(line = text::trim(line)).empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return out;
}

std::optional<double> grouped_number(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != ',' && c != '_') digits += c;
  return text::to_double(digits);
}

std::optional<double> seconds_of(double value, std::string_view unit) {
  const Unit known = unit_in_words(unit);
  if (known.dimension != Dimension::time) return std::nullopt;
  return to_base(value, known);
}

Metric wall_time() {
  return known_metric("wall_time").value_or(Metric{});
}

std::string shared_part(std::string_view name) {
  return std::string(name.substr(0, k_max_name_bytes + 1));
}

std::string with_parameters(std::string name, const std::vector<std::pair<std::string, std::string>>& parameters) {
  for (const auto& [key, value] : parameters) name += fmt::format("/{}{}{}", key, key.empty() ? "" : "=", value);
  return name;
}

Better better_of(std::string_view metric, std::string_view unit) {
  const Better of_unit = better_of_unit(unit);
  return of_unit == Better::unknown ? better_of_name(metric) : of_unit;
}

Metric counter_metric(std::string_view name) {
  const std::string word = text::lower(name);
  if (std::optional<Metric> known = known_metric(word)) {
    known->name = name;
    known->primary = false;
    return *std::move(known);
  }
  constexpr std::array<std::string_view, 6> k_rates{"_per_second", "_per_sec", "_per_s", "persecond", "ops_sec", "/s"};
  const bool rate =
      std::any_of(k_rates.begin(), k_rates.end(), [&](std::string_view tail) { return word.ends_with(tail); });
  return {std::string(name), rate ? "op/s" : word.ends_with("bytes") ? "B" : "1", better_of_name(word), false, false};
}

Metric named_metric(std::string_view name, std::string_view spelled_unit) {
  Metric metric = counter_metric(name);
  metric.primary = true;
  if (spelled_unit.empty()) return metric;
  metric.unit = unit_in_words(spelled_unit).base;
  if (!known_metric(name)) metric.better = better_of(name, spelled_unit);
  return metric;
}

double to_base(double value, const Unit& unit) {
  return unit.factor < 1 ? value / std::round(1 / unit.factor) : value * unit.factor;
}

Metric metric_of_unit(const Unit& unit) {
  const char* name = "";
  switch (unit.dimension) {
    case Dimension::time:
      name = "wall_time";
      break;
    case Dimension::rate:
      name = "throughput";
      break;
    case Dimension::byte_rate:
      name = "byte_throughput";
      break;
    case Dimension::bytes:
    case Dimension::count:
    case Dimension::energy:
    case Dimension::other:
      return {"value", unit.base, better_of_unit(unit.base), false, true};
  }
  Metric metric = known_metric(name).value_or(Metric{});
  metric.primary = true;  // somebody printed just this number: it is what they care about
  return metric;
}

std::vector<std::pair<Metric, double>> accounting(const Usage& usage) {
  std::vector<std::pair<Metric, double>> out;
  const auto add = [&](std::string_view name, double value) {
    if (const std::optional<Metric> metric = known_metric(name)) out.emplace_back(*metric, value);
  };
  const auto count = [&](std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) add(name, static_cast<double>(*value));
  };
  add("wall_time", usage.wall_s);
  add("user_time", usage.user_s);
  add("system_time", usage.system_s);
  add("cpu_time", usage.user_s + usage.system_s);
  add("max_rss", static_cast<double>(usage.max_rss_bytes));
  add("page_faults", static_cast<double>(usage.minor_faults + usage.major_faults));
  add("context_switches", static_cast<double>(usage.voluntary_switches + usage.involuntary_switches));
  count("instructions", usage.instructions);
  count("cycles", usage.cycles);
  count("cache_misses", usage.cache_misses);
  count("branch_misses", usage.branch_misses);
  return out;
}

bool is_accounting(std::string_view metric) {
  Usage all;
  all.instructions = all.cycles = all.cache_misses = all.branch_misses = 0;
  const auto rows = accounting(all);
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.first.name == metric; });
}

std::string fallback_name(const Document& document) {
  if (!document.case_name.empty()) return document.case_name;
  if (document.suite == nullptr) return "process";
  const std::vector<std::string>& argv = document.suite->run.argv;
  const std::string program = argv.empty() ? "" : argv.front().substr(argv.front().rfind('/') + 1);
  return program.empty() ? document.suite->name : program;
}

std::string regex_of_names(const std::vector<std::string>& names) {
  constexpr std::size_t k_most_bytes = 32 << 10;
  constexpr std::string_view k_special = R"(.[]()*+?^$|\{})";
  if (names.empty()) return "";
  std::string out = "^(";
  for (const std::string& name : names) {
    if (out.size() > 2) out += '|';
    for (const char c : name) {
      if (static_cast<unsigned char>(c) < ' ') return "";
      if (k_special.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    if (out.size() > k_most_bytes) return "";
  }
  return out + ")$";
}

}  // namespace perfwarden::ingest
