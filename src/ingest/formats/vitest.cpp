#include <fmt/format.h>

#include <set>
#include <string>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The JSON of `vitest bench --outputJson` (Vitest 0.3x to 4): milliseconds. `samples` is filled only with
// benchmark.includeSamples.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_vitest_cure = "run vitest bench --run --outputJson FILE and set output-file";

class VitestReader {
 public:
  explicit VitestReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_vitest_cure));
    const auto files = tree.root().find("files");
    if (!files || !files->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the Vitest JSON has no array \"files\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_vitest_cure)};
    Status status = Nothing{};
    files->each([&](const json::Node& file) {
      if (const auto groups = file.find("groups"))
        groups->each([&](const json::Node& group) {
          const auto benchmarks = group.find("benchmarks");
          const auto full = group.find("fullName");
          const std::string name = full ? shared_part(full->text()) : "";
          if (benchmarks)
            benchmarks->each([&](const json::Node& entry) {
              if (status) status = read_benchmark(entry, name);
            });
        });
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable time", "look at Vitest's log: the benchmarks failed");
  }

 private:
  Status read_benchmark(const json::Node& entry, const std::string& group) {
    std::string name = string_of(entry, "name");
    if (!group.empty() && !name.empty()) name = group + " > " + name;
    name = text::replace_all(std::move(name), " > ", "/");
    if (name.empty()) {
      note_bad_record(table_, entry, "a benchmark without a name", "one with a name");
      return Nothing{};
    }
    if (!seen_.insert(name).second) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    bool any = false;
    Status status = Nothing{};
    if (const auto samples = entry.find("samples"))
      samples->each([&](const json::Node& value) {
        any = true;
        if (status) status = table_.add(value.line(), name, wall_time(), "ms", number_or_nan(value) / 1e3);
      });
    if (any || !status) return status;
    const auto value = entry.find("median") ? entry.find("median") : entry.find("mean");
    if (!value) {
      table_.fail(entry.line(), name, "failed");
      return Nothing{};
    }
    table_.note_summary_only("this Vitest file", "the median of each benchmark's samples",
                             "set benchmark.includeSamples in the Vitest config");
    return table_.add(value->line(), name, wall_time(), "ms", number_or_nan(*value) / 1e3);
  }

  const Document& document_;
  Table table_;
  std::set<std::string> seen_;
};

Result<Reading> read_vitest(const Document& document) {
  return VitestReader(document).run();
}

int sniff_vitest(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("files/*/filepath") && outline.has("files/*/groups") ? 90 : 0;
}

}  // namespace

extern const Format k_format_vitest{
    .name = "vitest",
    .summary = "vitest bench --outputJson: samples with benchmark.includeSamples, else the median of each benchmark",
    .sniff = sniff_vitest,
    .read = read_vitest,
    .how = "run `vitest bench --run --outputJson bench.json`, and set output-file: bench.json",
    .for_people = " p999 "};

}  // namespace perfwarden::ingest
