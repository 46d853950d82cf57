#include <fmt/format.h>

#include <array>
#include <set>
#include <string>
#include <utility>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The JSON of ankerl::nanobench 4, templates::json(). Each of `measurements` is an epoch: seconds and counters of one
// iteration, of which `batch` units make one.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_nanobench_cure =
    "render it with ankerl::nanobench::render(ankerl::nanobench::templates::json(), bench, out)";

class NanobenchReader {
 public:
  explicit NanobenchReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_nanobench_cure));
    const auto results = tree.root().find("results");
    if (!results || !results->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the nanobench JSON has no array \"results\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_nanobench_cure)};
    std::set<std::string> titles;
    results->each([&](const json::Node& entry) { titles.insert(string_of(entry, "title")); });
    Status status = Nothing{};
    results->each([&](const json::Node& entry) {
      if (status) status = read_result(entry, titles.size() > 1);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable time", "check whether the benchmark ran any epoch");
  }

 private:
  Status read_result(const json::Node& entry, bool with_title) {
    std::string name = string_of(entry, "name");
    if (with_title && !name.empty()) name = string_of(entry, "title") + "/" + name;
    if (name.empty()) {
      note_bad_record(table_, entry, "a result without a name", "one with a name");
      return Nothing{};
    }
    if (!seen_.insert(name).second) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    const double batch = number_of(entry, "batch", 1) > 0 ? number_of(entry, "batch", 1) : 1;
    const auto measurements = entry.find("measurements");
    if (!measurements || !measurements->is(json::Kind::array)) {
      table_.note_summary_only("this nanobench file", "the median of each benchmark's epochs",
                               "render it with nanobench's own JSON template");
      return table_.add(entry.line(), name, wall_time(), "s", number_or_nan(entry, "median(elapsed)") / batch);
    }
    Status status = Nothing{};
    measurements->each([&](const json::Node& epoch) {
      if (status) status = read_epoch(epoch, name, batch);
    });
    return status;
  }

  // Where the kernel allows no counters, all of them are 0.
  Status read_epoch(const json::Node& epoch, const std::string& name, double batch) {
    PW_TRY(table_.add(epoch.line(), name, wall_time(), "s", number_or_nan(epoch, "elapsed") / batch));
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_counters{
        {{"instructions", "instructions"},
         {"cpucycles", "cycles"},
         {"pagefaults", "page_faults"},
         {"contextswitches", "context_switches"},
         {"branchmisses", "branch_misses"}}};
    const auto is_0 = [&](std::string_view key) { return number_of(epoch, key, 0) == 0; };
    if (is_0("instructions") && is_0("cpucycles")) return Nothing{};
    for (const auto& [theirs, ours] : k_counters) {
      const auto value = epoch.find(theirs);
      if (!value) continue;
      PW_TRY(table_.add(value->line(), name, known_metric(ours).value_or(Metric{}), "", number_or_nan(*value) / batch));
    }
    return Nothing{};
  }

  const Document& document_;
  Table table_;
  std::set<std::string> seen_;
};

Result<Reading> read_nanobench(const Document& document) {
  return NanobenchReader(document).run();
}

int sniff_nanobench(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("results/*/name") && outline.has("results/*/epochs") ? 90 : 0;
}

}  // namespace

extern const Format k_format_nanobench{
    .name = "nanobench",
    .summary = "nanobench's JSON template: each epoch is a repetition; instructions and cycles where they were counted",
    .sniff = sniff_nanobench,
    .read = read_nanobench,
    .how = "render ankerl::nanobench::templates::json() into a file, and set output-file to it",
    .for_people = "err% |"};

}  // namespace perfwarden::ingest
