#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/bundle.hpp"
#include "ingest/criterion_text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/json_stream.hpp"

// criterion 0.3 to 0.7 (Rust): the lines of `cargo criterion --message-format=json`; the files benchmark.json,
// sample.json and estimates.json of target/criterion/**/new, put together as a bundle; and the text of cargo bench.
// A sample is `iters` iterations that took `times` nanoseconds together.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_criterion_cure =
    "run `cargo criterion --message-format=json`, or give `perfwarden ingest` the folder target/criterion";

struct Throughput {
  std::string metric;  // empty when there is none
  double per_iteration = 0;
};

// {"Elements": 1000} and {"Bytes": 4096} of benchmark.json; {"per_iteration": 1000, "unit": "elements"} of the lines.
Throughput throughput_of(const json::Node& node) {
  Throughput out;
  const auto set = [&](std::string_view unit, double count) {
    const std::string word = text::lower(unit);
    if (word.starts_with("bytes")) out = {"byte_throughput", count};
    if (word.starts_with("elements")) out = {"throughput", count};
  };
  node.each_member([&](std::string_view key, const json::Node& value) { set(key, number_or_nan(value)); });
  if (node.find("per_iteration")) set(string_of(node, "unit"), number_or_nan(node, "per_iteration"));
  node.each([&](const json::Node& entry) {
    if (out.metric.empty()) out = throughput_of(entry);
  });
  return out;
}

class CriterionReader {
 public:
  explicit CriterionReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    const std::string_view start = text::trim(document_.text.substr(0, 4096));
    const bool bundled = is_bundle(document_.text);
    if (!bundled && !start.starts_with('{')) return read_criterion_text(document_);
    for (const BundledFile& file : unbundle(document_.text, document_.name)) {
      PW_TRY(for_each_json(file.text, document_.name, file.line, table_,
                           [&](const json::Node& value) { return read_value(value, file.path); }));
    }
    for (auto& [folder, benchmark] : folders_) PW_TRY(add_folder(folder, benchmark));
    return table_.finish("the input has no results of criterion", std::string(k_criterion_cure));
  }

 private:
  struct Folder {
    std::string name;
    Throughput throughput;
    std::vector<std::pair<double, double>> samples;  // (iterations, nanoseconds)
    std::optional<double> median;
    int line = 0;
  };

  Status read_value(const json::Node& value, std::string_view path) {
    if (string_of(value, "reason") == "benchmark-complete") return read_message(value);
    if (value.find("reason")) return Nothing{};  // other messages of cargo
    const std::string_view folder = path.substr(0, path.rfind('/'));
    // "base" is the run before this one, "change" compares the two.
    if (folder.ends_with("/base") || folder.ends_with("/change")) return Nothing{};
    Folder& out = folders_[path.find('/') == std::string_view::npos ? "" : std::string(folder)];
    out.line = value.line();
    if (const std::string name = string_of(value, "full_id"); !name.empty()) {
      out.name = name;
      if (const auto throughput = value.find("throughput")) out.throughput = throughput_of(*throughput);
    } else if (value.find("iters")) {
      out.samples = pairs(value, "iters", "times");
    } else if (const auto median = value.find("median") ? value.find("median") : value.find("mean")) {
      out.median = number_or_nan(*median, "point_estimate");
    }
    return Nothing{};
  }

  static std::vector<std::pair<double, double>> pairs(const json::Node& value, std::string_view counts,
                                                      std::string_view times) {
    std::vector<std::pair<double, double>> out;
    if (const auto list = value.find(counts))
      list->each([&](const json::Node& count) { out.emplace_back(number_or_nan(count), 0); });
    std::size_t at = 0;
    if (const auto list = value.find(times))
      list->each([&](const json::Node& time) {
        if (at < out.size()) out[at++].second = number_or_nan(time);
      });
    out.resize(at);
    return out;
  }

  Status read_message(const json::Node& value) {
    Folder folder;
    folder.name = string_of(value, "id");
    folder.line = value.line();
    if (const std::string unit = string_of(value, "unit"); unit != "ns") {
      table_.note(
          value.line(), "bad-record",
          fmt::format("benchmark '{}' is measured in '{}' by a custom criterion::Measurement, not in ns; ignored",
                      shown(folder.name), shown(unit)));
      return Nothing{};
    }
    if (const auto throughput = value.find("throughput")) folder.throughput = throughput_of(*throughput);
    folder.samples = pairs(value, "iteration_count", "measured_values");
    if (const auto typical = value.find("typical")) folder.median = number_or_nan(*typical, "estimate");
    return add(folder);
  }

  Status add_folder(std::string_view path, Folder& folder) {
    if (folder.name.empty()) folder.name = name_of_path(path.empty() ? document_.name : path);
    if (folder.name.empty()) folder.name = fallback_name(document_);
    return add(folder);
  }

  // "target/criterion/sort/100/new" → "sort/100"
  static std::string name_of_path(std::string_view path) {
    constexpr std::string_view k_root = "criterion/";
    const std::size_t root = path.rfind(k_root);
    if (root != std::string_view::npos) path.remove_prefix(root + k_root.size());
    const std::size_t end = path.rfind("/new");
    return end == std::string_view::npos ? "" : std::string(path.substr(0, end));
  }

  Status add(const Folder& folder) {
    if (folder.samples.empty()) {
      if (!folder.median) return Nothing{};
      table_.note_summary_only("this output of criterion", "an estimate of each benchmark",
                               std::string(k_criterion_cure));
      return table_.add(folder.line, folder.name, wall_time(), "ns", *folder.median / 1e9);
    }
    for (const auto& [iterations, nanoseconds] : folder.samples) {
      const double seconds = nanoseconds / iterations / 1e9;
      PW_TRY(table_.add(folder.line, folder.name, wall_time(), "ns", seconds));
      const auto rate = known_metric(folder.throughput.metric);
      if (rate)
        PW_TRY(table_.add(folder.line, folder.name, *rate, rate->unit, folder.throughput.per_iteration / seconds));
    }
    return Nothing{};
  }

  const Document& document_;
  Table table_;
  std::map<std::string, Folder> folders_;
};

Result<Reading> read_criterion(const Document& document) {
  return CriterionReader(document).run();
}

int sniff_criterion(std::string_view head) {
  if (is_bundle(head)) {
    const std::vector<BundledFile> files = unbundle(head, "");
    const std::string_view path = files.front().path;
    const Outline outline(files.front().text);
    const bool named = path.ends_with("benchmark.json") || path.ends_with("sample.json") ||
                       path.ends_with("estimates.json") || path.ends_with("tukey.json");
    return named && outline.root() != '\0' && !outline.has("module_path") ? 80 : 0;
  }
  const Outline outline(head);
  if (outline.root() == '{') {
    const bool message = outline.has("reason") && head.find("\"benchmark-complete\"") != std::string_view::npos;
    const bool sample = outline.has("sampling_mode") && outline.has("iters") && outline.has("times");
    const bool estimates = outline.has("mean/point_estimate") && outline.has("median/point_estimate");
    return message || sample || estimates ? 90 : 0;
  }
  return outline.root() == '\0' ? sniff_criterion_text(head) : 0;
}

}  // namespace

extern const Format k_format_criterion{
    .name = "criterion",
    .summary =
        "Rust's criterion: cargo-criterion's JSON or the folder target/criterion "
        "with all samples, or cargo bench's text",
    .sniff = sniff_criterion,
    .read = read_criterion,
    .how = "run `cargo bench --bench NAME`; without --bench, the unit tests' output comes first"};

}  // namespace perfwarden::ingest
