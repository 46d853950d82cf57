#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/load_summary.hpp"
#include "ingest/parts.hpp"

// What wrk and wrk2 print. Without --latency there is only the mean and the slowest request.
namespace perfwarden::ingest {
namespace {

// "5.13ms", "1.20m": minutes.
std::optional<double> wrk_time(std::string_view word) {
  const std::size_t digits = std::min(word.find_first_not_of("0123456789."), word.size());
  const auto number = text::to_double(word.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string_view unit = word.substr(digits);
  return seconds_of(*number, unit == "m" ? "min" : unit);
}

class WrkReader {
 public:
  explicit WrkReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) read_line(lines.line(), lines.number());
    table_.note_long_lines(lines.passed_over());
    load_.failed_requests = bad_answers_ + socket_errors_;
    load_.requests = answers_ + socket_errors_;
    PW_TRY(add_load(table_, document_, load_, "wrk"));
    return table_.finish("there are no results of wrk", "run wrk with --latency and let it print to its end");
  }

 private:
  void read_line(std::string_view line, int number) {
    const std::vector<std::string_view> words = fields_of(line);
    if (words.size() < 2) return;
    if (words[0] == "Latency" && words[1] == "Distribution") {
      // wrk2 can print a second one, of times from the sending on, which leave out how long a request had to wait.
      in_percentiles_ = load_.percentiles.empty();
      return;
    }
    const bool percentile = in_percentiles_ && words.size() == 2 && words[0].ends_with('%');
    in_percentiles_ = percentile;
    if (percentile) return read_percentile(words);
    if (words[0] == "Latency" && words.size() >= 4) {
      load_.line = number;
      load_.mean_s = wrk_time(words[1]);
      load_.max_s = wrk_time(words[3]);
    } else if (words.size() >= 4 && words[1] == "requests" && words[2] == "in") {
      answers_ = count_of(words[0]);
    } else if (words[0] == "Requests/sec:") {
      load_.per_second = text::to_double(words[1]);
    } else if (line.find("Non-2xx or 3xx responses:") != std::string_view::npos) {
      bad_answers_ = count_of(words.back());
    } else if (words[0] == "Socket" && words[1] == "errors:") {
      for (const std::string_view word : words) socket_errors_ += count_of(word.substr(0, word.find(',')));
    }
  }

  void read_percentile(const std::vector<std::string_view>& words) {
    const auto percent = text::to_double(words[0].substr(0, words[0].size() - 1));
    const auto seconds = wrk_time(words[1]);
    constexpr double k_slowest = 100;
    if (percent && seconds && *percent < k_slowest) load_.percentiles.push_back({*percent, *seconds});
  }

  static std::size_t count_of(std::string_view word) {
    const auto count = text::to_integer(word);
    return count && *count > 0 ? static_cast<std::size_t>(*count) : 0;
  }

  const Document& document_;
  Table table_;
  LoadSummary load_;
  bool in_percentiles_ = false;
  std::size_t answers_ = 0, bad_answers_ = 0, socket_errors_ = 0;
};

Result<Reading> read_wrk(const Document& document) {
  return WrkReader(document).run();
}

int sniff_wrk(std::string_view head) {
  return head.find("Thread Stats   Avg") != std::string_view::npos ? 90 : 0;
}

}  // namespace

extern const Format k_format_wrk{
    .name = "wrk",
    .summary = "What wrk and wrk2 print: percentiles (with --latency), mean, slowest, throughput, share of errors",
    .sniff = sniff_wrk,
    .read = read_wrk,
    .how = "run wrk with --latency"};

}  // namespace perfwarden::ingest
