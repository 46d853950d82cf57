#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/load_summary.hpp"

// The JSON of `vegeta report -type=json`. Times are nanoseconds.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_vegeta_cure = "write it with vegeta report -type=json";

Result<Reading> read_vegeta(const Document& document) {
  PW_TRY_ASSIGN(const json::Tree tree, read_whole(document, json::Kind::object, k_vegeta_cure));
  Table table(document);
  LoadSummary load;
  const auto latencies = tree.root().find("latencies");
  if (!latencies || !latencies->is(json::Kind::object))
    return Error{.kind = ErrorKind::parse,
                 .what = "vegeta's report has no \"latencies\"",
                 .where = document.name + ":1",
                 .hint = std::string(k_vegeta_cure)};
  load.line = latencies->line();
  const auto seconds = [&latencies](std::string_view key) { return number_or_nan(*latencies, key) / 1e9; };
  constexpr std::array<std::pair<std::string_view, double>, 4> k_keys{
      {{"50th", 50}, {"90th", 90}, {"95th", 95}, {"99th", 99}}};
  for (const auto& [key, percent] : k_keys)
    if (latencies->find(key)) load.percentiles.push_back({percent, seconds(key)});
  if (latencies->find("mean")) load.mean_s = seconds("mean");
  if (latencies->find("max")) load.max_s = seconds("max");
  if (const auto throughput = tree.root().find("throughput")) load.per_second = number_or_nan(*throughput);
  constexpr double k_most_requests = 1e15;
  const double requests = number_of(tree.root(), "requests", 0);
  const double success = std::clamp(number_of(tree.root(), "success", 1), 0.0, 1.0);
  if (requests >= 1 && requests < k_most_requests) {
    load.requests = static_cast<std::size_t>(requests);
    load.failed_requests = static_cast<std::size_t>(std::lround((1 - success) * requests));
  }
  PW_TRY(add_load(table, document, load, "vegeta"));
  return table.finish("vegeta's report has no usable time", std::string(k_vegeta_cure));
}

int sniff_vegeta(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("latencies/50th") && outline.has("latencies/total") ? 90 : 0;
}

}  // namespace

extern const Format k_format_vegeta{
    .name = "vegeta",
    .summary = "The JSON of vegeta report -type=json: percentiles, mean, slowest, throughput, share of errors",
    .sniff = sniff_vegeta,
    .read = read_vegeta,
    .how = "write it with vegeta report -type=json"};

}  // namespace perfwarden::ingest
