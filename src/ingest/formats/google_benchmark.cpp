#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/parts.hpp"
#include "ingest/samples.hpp"
#include "json/tree.hpp"

// The JSON that Google Benchmark 1.5 to 1.9 prints with --benchmark_format=json (docs/user_guide.md,
// src/json_reporter.cc).
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_google_benchmark_cure =
    "run the benchmark with --benchmark_format=json and send its other output to stderr, or write it with "
    "--benchmark_out=FILE and set output-file";

constexpr std::array<std::string_view, 26> k_own_members{"name",
                                                         "family_index",
                                                         "per_family_instance_index",
                                                         "run_name",
                                                         "run_type",
                                                         "repetitions",
                                                         "threads",
                                                         "repetition_index",
                                                         "iterations",
                                                         "real_time",
                                                         "cpu_time",
                                                         "time_unit",
                                                         "label",
                                                         "error_occurred",
                                                         "error_message",
                                                         "skipped",
                                                         "skip_message",
                                                         "aggregate_name",
                                                         "aggregate_unit",
                                                         "cpu_coefficient",
                                                         "real_coefficient",
                                                         "big_o",
                                                         "rms",
                                                         "items_per_second",
                                                         "bytes_per_second",
                                                         "complexity_n"};

bool is_true(const json::Node& object, std::string_view key) {
  const auto node = object.find(key);
  return node && node->is(json::Kind::boolean) && node->number() != 0;
}

// The program's name; its folder may differ between base and head.
std::string file_name_of(const std::string& path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

// Where a benchmark of this name was first seen; another place with the same name is another benchmark.
struct Registered {
  std::string executable;
  double family = 0, instance = 0;
  std::set<std::pair<std::size_t, double>> repetitions;  // (JSON object, repetition_index)
};

class GoogleBenchmarkReader {
 public:
  explicit GoogleBenchmarkReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    auto from = json::find_object(document_.text, "context");
    if (!from)
      return Error{.kind = ErrorKind::parse,
                   .what = no_object(),
                   .where = document_.name,
                   .hint = std::string(k_google_benchmark_cure)};
    int line = 0;
    for (std::size_t object = 0; from; ++object) {  // two programs may have written to one stdout
      PW_TRY_ASSIGN(const json::Tree tree, json::Tree::read(document_.text, document_.name,
                                                            {.from = *from,
                                                             .line = line,
                                                             .trailing_text = true,
                                                             .repeated_keys = true,
                                                             .hint = k_google_benchmark_cure}));
      PW_TRY(read_object(tree, object));
      from = json::find_object(document_.text, "context", tree.end());
      if (!from) break;
      const std::string_view between = document_.text.substr(tree.end(), *from - tree.end());
      line = tree.end_line() + static_cast<int>(std::count(between.begin(), between.end(), '\n'));
    }
    PW_TRY(use_aggregates());
    return table_.finish("no benchmark with a usable time",
                         "check whether --benchmark_filter matches anything and whether the benchmarks fail");
  }

 private:
  [[nodiscard]] std::string no_object() const {
    const bool console = document_.text.find("Iterations\n---") != std::string_view::npos;
    return console ? "this is Google Benchmark's console table, not its JSON"
                   : "the input has no Google Benchmark JSON: no object begins with \"context\"";
  }

  Status read_object(const json::Tree& tree, std::size_t object) {
    const json::Node root = tree.root();
    for (const json::Tree::Repeated& key : tree.repeated())
      table_.note(key.line, "repeated-key",
                  fmt::format("the key '{}' occurs twice in one benchmark; the first is read: rename the user counter",
                              key.key));
    const auto context = root.find("context");
    if (context) read_context(*context);
    const std::string executable = context ? string_of(*context, "executable") : "";
    target_.clear();
    if (!executable.empty()) target_ = {{"target", file_name_of(executable)}};
    table_.qualify(target_);
    const auto benchmarks = root.find("benchmarks");
    if (!benchmarks || !benchmarks->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the Google Benchmark JSON has no array \"benchmarks\"",
                   .where = fmt::format("{}:{}", document_.name, root.line()),
                   .hint = std::string(k_google_benchmark_cure)};
    Status status = Nothing{};
    std::size_t position = 0;
    benchmarks->each([&](const json::Node& entry) {
      if (status) status = read_entry(entry, object, position, executable);
      ++position;
    });
    return status;
  }

  void read_context(const json::Node& context) {
    if (string_of(context, "library_build_type") == "debug")
      table_.note_once("debug-library",
                       "the Google Benchmark library was built without NDEBUG (Debian's and Ubuntu's packages are), "
                       "which adds time of its own to every measurement; build it with CMAKE_BUILD_TYPE=Release");
    if (is_true(context, "cpu_scaling_enabled"))
      table_.note_once("cpu-scaling",
                       "the CPU scales its frequency, which makes times vary; set the governor: "
                       "cpupower frequency-set --governor performance");
  }

  Status read_entry(const json::Node& entry, std::size_t object, std::size_t position, const std::string& executable) {
    std::string name = string_of(entry, "run_name");
    if (name.empty()) name = string_of(entry, "name");
    if (name.empty()) {
      table_.note(entry.line(), "bad-record", fmt::format("/benchmarks/{} has no name; ignored", position));
      return Nothing{};
    }
    if (is_aggregate(entry)) {
      const std::string kind = aggregate_of(entry);
      if (kind == "median" || kind == "mean")
        aggregates_.push_back(
            {entry.find("run_name") ? name : without_suffix(name, kind), kind, entry_values(entry), target_});
      return Nothing{};
    }
    iterated_.insert(name);
    const auto reason = [&](std::string_view key) {
      const std::string message = string_of(entry, key);
      return message.empty() ? "no reason given" : shown(message);
    };
    if (is_true(entry, "error_occurred")) {
      table_.fail(entry.line(), name, fmt::format("reported an error: {}", reason("error_message")));
      return Nothing{};
    }
    if (entry.find("skipped")) {
      table_.note(entry.line(), "benchmark-skipped",
                  fmt::format("benchmark '{}' was skipped: {}; ignored", shown(name), reason("skip_message")));
      return Nothing{};
    }
    if (!is_first_of_its_name(entry, name, object, executable)) return Nothing{};
    for (const Value& value : entry_values(entry))
      PW_TRY(table_.add(value.line, name, value.metric, value.unit, value.value));
    return Nothing{};
  }

  bool is_first_of_its_name(const json::Node& entry, const std::string& name, std::size_t object,
                            const std::string& executable) {
    const double family = number_of(entry, "family_index", -1);
    const double instance = number_of(entry, "per_family_instance_index", -1);
    const double repetition = number_of(entry, "repetition_index", -1);
    const auto [found, added] =
        registered_.try_emplace(file_name_of(executable) + '\n' + name, Registered{executable, family, instance, {}});
    Registered& first = found->second;
    const bool same = first.executable == executable && first.family == family && first.instance == instance;
    // Libraries before 1.5.1 write no repetition_index: there a repeated name is a repetition.
    if (same && (repetition < 0 || first.repetitions.emplace(object, repetition).second)) return true;
    table_.duplicate(entry.line(), name);
    return false;
  }

  static bool is_aggregate(const json::Node& entry) {
    const std::string type = string_of(entry, "run_type");
    if (!type.empty()) return type != "iteration";
    if (entry.find("aggregate_name") || entry.find("big_o") || entry.find("rms")) return true;
    // Libraries before 1.5 tell aggregates by the end of the name alone, and leave out the iteration count of none.
    const std::string name = string_of(entry, "name");
    return name.ends_with("_mean") || name.ends_with("_median") || name.ends_with("_stddev");
  }

  static std::string aggregate_of(const json::Node& entry) {
    std::string kind = string_of(entry, "aggregate_name");
    if (!kind.empty()) return kind;
    const std::string name = string_of(entry, "name");
    return name.substr(std::min(name.rfind('_'), name.size() - 1) + 1);
  }

  static std::string without_suffix(std::string name, const std::string& kind) {
    if (name.ends_with("_" + kind)) name.resize(name.size() - kind.size() - 1);
    return name;
  }

  struct Value {
    int line = 0;
    Metric metric;
    std::string unit;
    double value = 0;
  };

  // A number, a quoted or bare non-finite one as NaN; nullopt for what is no number.
  static std::optional<double> value_of(const json::Node& node) {
    if (node.is(json::Kind::number)) return node.number();
    if (!node.is(json::Kind::non_finite)) return std::nullopt;
    const bool nan = node.text().find_first_of("aA") != std::string_view::npos;
    return nan ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  }

  std::vector<Value> entry_values(const json::Node& entry) {
    std::vector<Value> out;
    const std::string spelled = string_of(entry, "time_unit");
    const std::string time_unit = spelled.empty() ? "ns" : spelled;
    const Unit unit = unit_in_words(time_unit);
    entry.each_member([&](std::string_view key, const json::Node& node) {
      const std::optional<double> value = value_of(node);
      if (!value) return;
      if (key == "real_time" || key == "cpu_time") {
        const Metric metric = *known_metric(key == "real_time" ? "wall_time" : "cpu_time");
        if (unit.dimension == Dimension::time)
          out.push_back({node.line(), metric, time_unit, to_base(*value, unit)});
        else
          table_.note(node.line(), "bad-record",
                      fmt::format("the time_unit '{}' is unknown; ignored", shown(time_unit)));
      } else if (key == "items_per_second") {
        out.push_back({node.line(), *known_metric("throughput"), "items/s", *value});
      } else if (key == "bytes_per_second") {
        out.push_back({node.line(), *known_metric("byte_throughput"), "B/s", *value});
      } else if (std::find(k_own_members.begin(), k_own_members.end(), key) == k_own_members.end()) {
        add_counter(out, key, node.line(), *value);
      }
    });
    return out;
  }

  void add_counter(std::vector<Value>& out, std::string_view key, int line, double value) {
    const auto same = std::any_of(out.begin(), out.end(), [&](const Value& v) { return v.metric.name == key; });
    if (same || known_time(key)) {
      table_.note(
          line, "repeated-key",
          fmt::format("the user counter '{}' has the name of a built-in metric; ignored: rename it", shown(key)));
      return;
    }
    Metric metric = key == "allocs_per_iter" ? *known_metric("allocations") : counter_metric(key);
    if (key == "max_bytes_used" || key == "net_heap_growth") metric.unit = "B";  // MemoryManager's, in bytes
    const std::string unit = metric.unit == "1" ? "" : metric.unit;
    out.push_back({line, std::move(metric), unit, value});
  }

  static bool known_time(std::string_view key) {
    return key == "wall_time" || key == "throughput" || key == "byte_throughput";
  }

  // --benchmark_report_aggregates_only leaves one number of many repetitions: better than nothing, and said so.
  Status use_aggregates() {
    std::map<std::string, const Aggregate*> chosen;
    for (const Aggregate& aggregate : aggregates_) {
      if (iterated_.contains(aggregate.benchmark)) continue;
      const Aggregate*& best = chosen[aggregate.benchmark];
      if (best == nullptr || (best->kind != "median" && aggregate.kind == "median")) best = &aggregate;
    }
    if (chosen.empty()) return Nothing{};
    table_.note_once("aggregates-only",
                     fmt::format("{} of the benchmarks report only aggregates, so the median is the only value of all "
                                 "repetitions; leave out --benchmark_report_aggregates_only",
                                 chosen.size()));
    for (const Aggregate& aggregate : aggregates_) {  // in the order of the output
      if (const auto found = chosen.find(aggregate.benchmark); found == chosen.end() || found->second != &aggregate)
        continue;
      table_.qualify(aggregate.target);
      for (const Value& value : aggregate.values)
        PW_TRY(table_.add(value.line, aggregate.benchmark, value.metric, value.unit, value.value));
    }
    return Nothing{};
  }

  struct Aggregate {
    std::string benchmark, kind;
    std::vector<Value> values;
    std::vector<Qualifier> target;
  };

  const Document& document_;
  Table table_;
  std::vector<Qualifier> target_;  // the program of the object being read
  std::set<std::string> iterated_;
  std::map<std::string, Registered> registered_;
  std::vector<Aggregate> aggregates_;
};

Result<Reading> read_google_benchmark(const Document& document) {
  return GoogleBenchmarkReader(document).run();
}

int sniff_google_benchmark(std::string_view head) {
  const auto object = json::find_object(head, "context");
  if (!object || looks_like_samples(head)) return 0;
  const std::string_view rest = head.substr(*object);
  const auto holds = [&](std::string_view key) { return rest.find(key) != std::string_view::npos; };
  return holds("\"library_build_type\"") || (holds("\"num_cpus\"") && holds("\"mhz_per_cpu\"")) ? 90 : 0;
}

// The last filter counts.
std::vector<std::string> only_google_benchmark(const std::vector<std::string>& argv,
                                               const std::vector<std::string>& benchmarks) {
  const bool takes_flags =
      std::any_of(argv.begin(), argv.end(), [](const std::string& word) { return word.starts_with("--benchmark_"); });
  const std::string pattern = regex_of_names(benchmarks);
  if (!takes_flags || pattern.empty()) return {};
  return {"--benchmark_filter=" + pattern};
}

}  // namespace

extern const Format k_format_google_benchmark{
    .name = "google-benchmark",
    .summary = "Google Benchmark, --benchmark_format=json: real time, CPU time, throughput and user counters",
    .sniff = sniff_google_benchmark,
    .read = read_google_benchmark,
    .only = only_google_benchmark,
    .how = "run it with --benchmark_format=json",
    .for_people = "CPU   Iterations"};

}  // namespace perfwarden::ingest
