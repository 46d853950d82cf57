#include "ingest/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.hpp"
#include "ingest/limits.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {

DelimitedRecords::DelimitedRecords(std::string_view text, char separator) : rest_(text), separator_(separator) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool DelimitedRecords::next() {
  while (!rest_.empty()) {
    fields_.clear();
    bytes_ = 0;
    bad_ = false;
    line_ = next_line_;
    do read_field();
    while (more_);
    const bool blank = fields_.size() == 1 && text::trim(fields_[0]).empty();
    const bool comment = !fields_.empty() && fields_[0].starts_with('#');
    if (bad_ || (!blank && !comment)) return true;
  }
  return false;
}

void DelimitedRecords::read_field() {
  std::string field;
  if (rest_.starts_with('"')) read_quoted(field);
  const std::size_t end = std::min(rest_.find_first_of(separator_ == ',' ? ",\n" : "\t\n"), rest_.size());
  bytes_ += end + field.size();
  bad_ = bad_ || bytes_ > k_max_line_bytes;
  if (!bad_) field += rest_.substr(0, end);
  more_ = end < rest_.size() && rest_[end] == separator_;
  if (end < rest_.size() && rest_[end] == '\n') ++next_line_;
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (!more_ && field.ends_with('\r')) field.pop_back();
  if (!bad_) fields_.push_back(std::move(field));
  // A separator at the very end of the text opens one more, empty field.
  if (more_ && rest_.empty()) {
    more_ = false;
    if (!bad_) fields_.emplace_back();
  }
}

void DelimitedRecords::read_quoted(std::string& out) {
  rest_.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest_.find('"');
    const std::string_view part = rest_.substr(0, quote);
    bytes_ += part.size();
    if (bytes_ <= k_max_line_bytes) out += part;
    next_line_ += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
    if (quote == std::string_view::npos) {
      bad_ = true;
      rest_ = {};
      return;
    }
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return;
    out += '"';
    rest_.remove_prefix(1);
  }
}

namespace {

constexpr std::string_view k_delimited_cure =
    "the first line names the columns: benchmark, metric, unit, value and optionally invocation and better";

struct Header {
  std::optional<std::size_t> benchmark, value, metric, unit, better, invocation;
};

std::optional<Header> header_of(const std::vector<std::string>& fields) {
  Header out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string word = text::lower(text::trim(fields[i]));
    for (const auto& [name, place] :
         {std::pair("benchmark", &out.benchmark), std::pair("name", &out.benchmark), std::pair("value", &out.value),
          std::pair("metric", &out.metric), std::pair("unit", &out.unit), std::pair("better", &out.better),
          std::pair("invocation", &out.invocation)})
      if (word == name && !place->has_value()) *place = i;
  }
  return out.benchmark && out.value ? std::optional(out) : std::nullopt;
}

class Reader {
 public:
  // Without a column that numbers the processes, a second row of one name is another benchmark.
  Reader(const Document& document, char separator)
      : table_(document, Repeats::another_benchmark), document_(document), separator_(separator) {}

  Result<Reading> run() {
    DelimitedRecords records(document_.text, separator_);
    const auto header = records.next() ? header_of(records.fields()) : std::nullopt;
    if (!header)
      return Error{.kind = ErrorKind::parse,
                   .what = "the first line is not a header with the columns benchmark and value",
                   .where = document_.name + ":1",
                   .hint = std::string(k_delimited_cure)};
    header_ = *header;
    if (header_.invocation) table_ = Table(document_);
    while (records.next()) {
      if (records.bad())
        table_.note(
            records.line(), "bad-record",
            fmt::format("a quote without an end, or a record of more than {} bytes; ignored", k_max_line_bytes));
      else
        PW_TRY(read_record(records.fields(), records.line()));
    }
    count_processes_from_0();
    return table_.finish("no line below the header has a value", std::string(k_delimited_cure));
  }

 private:
  static std::string_view cell(const std::vector<std::string>& fields, std::optional<std::size_t> place) {
    return place && *place < fields.size() ? text::trim(fields[*place]) : std::string_view{};
  }

  Status read_record(const std::vector<std::string>& fields, int line) {
    const std::string_view benchmark = cell(fields, header_.benchmark);
    const std::string_view spelled = cell(fields, header_.value);
    const std::optional<double> value = text::to_double(spelled);
    if (!value) {
      table_.note(line, "bad-record",
                  fmt::format("benchmark '{}': the value '{}' is not a finite number; ignored", shown(benchmark),
                              shown(spelled)));
      return Nothing{};
    }
    const std::string_view unit = cell(fields, header_.unit);
    const std::string_view named = cell(fields, header_.metric);
    Metric metric = named.empty() ? metric_of_unit(unit_in_words(unit)) : named_metric(named, unit);
    const std::string_view better = cell(fields, header_.better);
    if (better == "lower" || better == "higher") {
      metric.better = better == "lower" ? Better::lower : Better::higher;
    } else if (!better.empty()) {
      table_.note(line, "bad-record",
                  fmt::format("better is '{}'; it must be lower or higher; ignored", shown(better)));
    }
    const std::string_view number = cell(fields, header_.invocation);
    const auto invocation = text::to_integer(number);
    if (header_.invocation && (!invocation || *invocation < 0 || *invocation > std::numeric_limits<int>::max())) {
      table_.note(line, "bad-record",
                  fmt::format("benchmark '{}': the invocation '{}' is not a whole number; ignored", shown(benchmark),
                              shown(number)));
      return Nothing{};
    }
    return table_.add(line, benchmark, std::move(metric), unit, to_base(*value, unit_in_words(unit)),
                      header_.invocation ? std::optional(static_cast<std::uint32_t>(*invocation)) : std::nullopt);
  }

  // Some count from 1: the first place is then nobody's.
  void count_processes_from_0() {
    std::vector<Measurement>& all = table_.measurements();
    const bool from_1 = std::none_of(all.begin(), all.end(), [](const Measurement& measurement) {
      return std::find(measurement.processes.begin(), measurement.processes.end(), 0U) != measurement.processes.end();
    });
    if (!from_1) return;
    for (Measurement& measurement : all)
      for (std::uint32_t& process : measurement.processes) --process;
  }

  Table table_;
  const Document& document_;
  char separator_;
  Header header_;
};

}  // namespace

Result<Reading> read_delimited(const Document& document, char separator) {
  return Reader(document, separator).run();
}

int sniff_delimited(std::string_view head, char separator) {
  DelimitedRecords records(head, separator);
  return records.next() && !records.bad() && header_of(records.fields()) ? 70 : 0;
}

}  // namespace perfwarden::ingest
