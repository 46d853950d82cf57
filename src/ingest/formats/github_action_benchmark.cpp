#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// What benchmark-action/github-action-benchmark keeps: data.js (`window.BENCHMARK_DATA = {…}`) or the same object in a
// JSON file, whose entries hold one run each, oldest first; and its input for customSmallerIsBetter and
// customBiggerIsBetter, [{"name": …, "unit": …, "value": …}, …].
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_cure = "give data.js of the gh-pages branch, or the action's external-data-json-path file";
constexpr std::string_view k_assignment = "window.BENCHMARK_DATA";

// The offset of the JSON in data.js; 0 when the text is JSON itself.
std::size_t offset_of_json(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  if (!text.substr(begin).starts_with(k_assignment)) return 0;
  const std::size_t equals = text.find('=', begin);
  return equals == std::string_view::npos || equals > begin + 64 ? text.size() : equals + 1;
}

// "ns/iter", "iter/sec", "ops/sec", "us/op" → what unit_of knows.
std::string plain_unit(std::string_view unit) {
  if (unit == "iter/sec") return "op/s";
  if (unit_of(unit).dimension != Dimension::other) return std::string(unit);
  const std::size_t slash = unit.find('/');
  const std::string_view over = unit.substr(0, slash),
                         under = slash == std::string_view::npos ? "" : unit.substr(slash + 1);
  return std::string(under == "iter" || under == "op" ? over : unit);
}

Metric metric_of(std::string_view spelled, const Unit& unit) {
  const std::string_view known = spelled == "allocs/op" ? "allocations" : spelled == "B/op" ? "allocated_bytes" : "";
  return known_metric(known).value_or(metric_of_unit(unit));
}

class Reader {
 public:
  explicit Reader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(
        const JsonTree tree,
        JsonTree::read(
            document_.text, document_.name,
            {.from = offset_of_json(document_.text), .trailing_text = true, .repeated_keys = true, .hint = k_cure}));
    const JsonNode root = tree.root();
    const auto entries = root.find("entries");
    Status status = Nothing{};
    if (root.is(JsonKind::array)) {
      status = read_benches(root, "", "");
      table_.note_once("direction-guessed",
                       "this file does not say whether less or more is better; it is guessed from the unit: declare it "
                       "under `metrics:` where the guess is wrong");
    } else if (!entries || !entries->is(JsonKind::object)) {
      return Error{ErrorKind::parse, "there are no entries of github-action-benchmark here", document_.name + ":1",
                   std::string(k_cure), ""};
    } else {
      status = read_entries(*entries);
    }
    if (!status) return std::move(status).error();
    table_.note_summary_only("github-action-benchmark", "one value of each benchmark",
                             "measure anew to know the noise");
    return table_.finish("no entry with a usable value", std::string(k_cure));
  }

 private:
  Status read_entries(const JsonNode& entries) {
    std::size_t suites = 0, older = 0;
    entries.each_member([&](std::string_view, const JsonNode&) { ++suites; });
    Status status = Nothing{};
    entries.each_member([&](std::string_view suite, const JsonNode& runs) {
      if (!status) return;
      std::optional<JsonNode> newest;
      runs.each([&](const JsonNode& run) {
        older += newest ? 1U : 0U;
        newest = run;
      });
      const auto benches = newest ? newest->find("benches") : std::nullopt;
      if (!benches) return note_bad_record(table_, runs, suite, "an array of runs");
      status = read_benches(*benches, suites > 1 ? fmt::format("{}/", suite) : "", string_of(*newest, "tool"));
    });
    if (older > 0)
      table_.note_once("history-left-out",
                       fmt::format("only the newest run of each suite is read; {} older runs were left out", older));
    return status;
  }

  Status read_benches(const JsonNode& benches, const std::string& prefix, std::string_view tool) {
    Status status = Nothing{};
    benches.each([&](const JsonNode& bench) {
      if (!status) return;
      const std::string name = string_of(bench, "name");
      if (name.empty()) return note_bad_record(table_, bench, "a result without a name", "one with a name");
      const std::string spelled = string_of(bench, "unit");
      const Unit unit = unit_of(plain_unit(spelled));
      Metric metric = metric_of(spelled, unit);
      if (tool == "customBiggerIsBetter") metric.better = Better::higher;
      if (tool == "customSmallerIsBetter") metric.better = Better::lower;
      status = table_.add(bench.line(), prefix + name, std::move(metric), spelled,
                          to_base(number_or_nan(bench, "value"), unit));
    });
    return status;
  }

  const Document& document_;
  Table table_;
};

Result<Reading> read_github_action_benchmark(const Document& document) {
  return Reader(document).run();
}

int sniff_github_action_benchmark(std::string_view head) {
  const std::size_t offset = offset_of_json(head);
  const Outline outline(head.substr(offset));
  if (outline.root() == '[') return outline.has("*/name") && outline.has("*/unit") && outline.has("*/value") ? 60 : 0;
  if (outline.root() != '{') return 0;
  return offset > 0 || (outline.has("entries") && outline.has("repoUrl")) ? 90 : 0;
}

}  // namespace

extern const Format k_format_github_action_benchmark{
    .name = "github-action-benchmark",
    .summary = "data.js of github-action-benchmark, newest run of each suite, or its [{\"name\", \"unit\", \"value\"}]",
    .sniff = sniff_github_action_benchmark,
    .read = read_github_action_benchmark};

}  // namespace perfwarden::ingest
