#include <fmt/format.h>

#include <string>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// What BenchmarkTools.save of Julia writes: [{"Julia": version, …}, [object, …]], an object being [type, fields]
// (src/serialization.jl). A BenchmarkGroup nests, a Trial holds times in nanoseconds.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_julia_cure =
    "write it with BenchmarkTools.save(\"out.json\", run(suite)) and set output-file";

class JuliaReader {
 public:
  explicit JuliaReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::array, k_julia_cure));
    Status status = Nothing{};
    bool first = true;
    tree.root().each([&](const json::Node& part) {
      if (!std::exchange(first, false))  // the first part is the versions
        part.each([&](const json::Node& object) {
          if (status) status = read_object(object, "");
        });
    });
    if (!status) return std::move(status).error();
    return table_.finish("no trial with usable times", std::string(k_julia_cure));
  }

 private:
  // Depth is bounded by json::Tree's.
  Status read_object(const json::Node& object, const std::string& name) {
    std::string type;
    std::optional<json::Node> fields;
    object.each([&](const json::Node& part) {
      if (type.empty() && part.is(json::Kind::string)) type = part.text();
      if (part.is(json::Kind::object)) fields = part;
    });
    type = type.substr(type.rfind('.') + 1);  // "BenchmarkTools.Trial" of older versions
    if (!fields || (type != "BenchmarkGroup" && type != "Trial" && type != "TrialEstimate")) {
      note_bad_record(table_, object, name.empty() ? "an object of the file" : name, "a BenchmarkGroup or a Trial");
      return Nothing{};
    }
    if (type != "BenchmarkGroup") return read_trial(*fields, name.empty() ? fallback_name(document_) : name, type);
    const auto data = fields->find("data");
    Status status = Nothing{};
    if (data)
      data->each_member([&](std::string_view key, const json::Node& value) {
        if (status)
          status = read_object(
              value, shared_part(name.empty() ? std::string(key) : fmt::format("{}/{}", name, shared_part(key))));
      });
    return status;
  }

  Status read_trial(const json::Node& fields, const std::string& name, const std::string& type) {
    const auto times = fields.find("times");
    Status status = Nothing{};
    if (times && times->is(json::Kind::array)) {
      times->each([&](const json::Node& value) {
        if (status) status = table_.add(value.line(), name, wall_time(), "ns", number_or_nan(value) / 1e9);
      });
    } else {
      table_.note_summary_only("this " + type, "one time of each benchmark", "save the trial itself");
      status = table_.add(fields.line(), name, wall_time(), "ns", number_or_nan(fields, "time") / 1e9);
    }
    if (!status) return status;
    if (const auto memory = fields.find("memory"))
      PW_TRY(table_.add(memory->line(), name, known_metric("allocated_bytes").value_or(Metric{}), "B",
                        number_or_nan(*memory)));
    if (const auto allocs = fields.find("allocs"))
      PW_TRY(
          table_.add(allocs->line(), name, known_metric("allocations").value_or(Metric{}), "", number_or_nan(*allocs)));
    return Nothing{};
  }

  const Document& document_;
  Table table_;
};

Result<Reading> read_julia(const Document& document) {
  return JuliaReader(document).run();
}

int sniff_julia(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '[' && outline.has("*/Julia") ? 90 : 0;
}

}  // namespace

extern const Format k_format_julia{
    .name = "julia",
    .summary =
        "Julia's BenchmarkTools.save: times of each trial, allocated bytes, allocations; groups make up the name",
    .sniff = sniff_julia,
    .read = read_julia};

}  // namespace perfwarden::ingest
