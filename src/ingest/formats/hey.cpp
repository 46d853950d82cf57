#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/load_summary.hpp"
#include "ingest/parts.hpp"

// The summary that hey prints (its -o csv has no use here: it lists single requests, which are not independent).
namespace perfwarden::ingest {
namespace {

class HeyReader {
 public:
  explicit HeyReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) read_line(lines.line(), lines.number());
    table_.note_long_lines(lines.passed_over());
    PW_TRY(add_load(table_, document_, load_, "hey"));
    return table_.finish("there are no results of hey", "run hey without -o, and let it print to its end");
  }

 private:
  enum class Part { other, percentiles, statuses, errors };

  void read_line(std::string_view line, int number) {
    const std::vector<std::string_view> words = fields_of(line);
    if (words.empty()) return;
    if (line.front() != ' ') return begin(line, number);
    const auto value = [&words]() -> std::optional<double> {
      const auto number_of = text::to_double(words[1]);
      return number_of && std::isfinite(*number_of) ? number_of : std::nullopt;
    };
    if (words.size() < 2) return;
    if (words[0] == "Average:") load_.mean_s = value();
    if (words[0] == "Slowest:") load_.max_s = value();
    if (words[0] == "Requests/sec:") load_.per_second = value();
    if (part_ == Part::percentiles) read_percentile(words);
    if (part_ == Part::statuses) read_status(words);
    if (part_ == Part::errors) add_requests(bracketed(words[0]), true);
  }

  void begin(std::string_view line, int number) {
    part_ = Part::other;
    if (line.starts_with("Summary:")) load_.line = number;
    if (line.starts_with("Latency distribution:")) part_ = Part::percentiles;
    if (line.starts_with("Status code distribution:")) part_ = Part::statuses;
    if (line.starts_with("Error distribution:")) part_ = Part::errors;
  }

  // "99% in 0.3077 secs"; some releases print "99%%".
  void read_percentile(const std::vector<std::string_view>& words) {
    const auto percent = text::to_double(words[0].substr(0, words[0].find('%')));
    const auto seconds = words.size() >= 3 ? text::to_double(words[2]) : std::nullopt;
    const bool known = percent && *percent > 0;  // of few requests it prints "0% in 0.0000 secs"
    if (known && seconds) load_.percentiles.push_back({*percent, *seconds});
  }

  // "[200]	400 responses"
  void read_status(const std::vector<std::string_view>& words) {
    constexpr std::size_t k_first_error = 400;
    const auto count = text::to_integer(words[1]);
    if (count && *count > 0) add_requests(static_cast<std::size_t>(*count), bracketed(words[0]) >= k_first_error);
  }

  void add_requests(std::size_t count, bool failed) {
    load_.requests += count;
    if (failed) load_.failed_requests += count;
  }

  static std::size_t bracketed(std::string_view word) {
    if (!word.starts_with('[') || !word.ends_with(']')) return 0;
    const auto number = text::to_integer(word.substr(1, word.size() - 2));
    return number && *number > 0 ? static_cast<std::size_t>(*number) : 0;
  }

  const Document& document_;
  Table table_;
  LoadSummary load_;
  Part part_ = Part::other;
};

Result<Reading> read_hey(const Document& document) {
  return HeyReader(document).run();
}

int sniff_hey(std::string_view head) {
  const bool found = head.find("Latency distribution:") != std::string_view::npos &&
                     head.find("Response time histogram:") != std::string_view::npos;
  return found ? 90 : 0;
}

}  // namespace

extern const Format k_format_hey{
    .name = "hey",
    .summary = "The summary that hey prints: percentiles, mean, slowest, throughput, share of errors",
    .sniff = sniff_hey,
    .read = read_hey};

}  // namespace perfwarden::ingest
