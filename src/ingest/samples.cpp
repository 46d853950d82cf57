#include "ingest/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/limits.hpp"
#include "ingest/parts.hpp"
#include "ingest/read.hpp"
#include "model/unit.hpp"

namespace perfwarden::ingest {
namespace {

enum class Need { required, optional };

constexpr double k_most_shards = 256;
constexpr double k_most_seconds = 1e9;

class SamplesReader {
 public:
  explicit SamplesReader(const std::string& file_name) : file_(file_name) {}

  Result<Samples> read(const json::Node& root) {
    PW_TRY(check_schema(root));
    Samples out;
    if (const auto run = root.find("run")) PW_TRY(read_run(*run, out.run));
    PW_TRY(read_warnings(root, "", out.warnings));
    PW_TRY(read_failures(root, out.failures));
    const auto series = root.find("series");
    if (!series) return missing(root, "/series");
    if (!series->is(json::Kind::array)) return wrong(*series, "/series", "an array");
    std::size_t count = 0;
    series->each([&](const json::Node&) { ++count; });
    if (count > k_max_series)
      return fail(*series, fmt::format("/series has {} members, more than {}", count, k_max_series), "split the file");
    Status status = Nothing{};
    out.series.reserve(count);
    series->each([&](const json::Node& entry) {
      if (status) status = read_series(entry, fmt::format("/series/{}", out.series.size()), out.series);
    });
    if (!status) return std::move(status).error();
    if (values_ == 0 && !may_be_empty(out))
      return fail(*series, "the samples file holds no value", "check the program that wrote it: nothing was measured");
    PW_TRY(sort(*series, out.series));
    return out;
  }

 private:
  [[nodiscard]] Error fail(const json::Node& node, std::string what, std::string hint = "") const {
    return Error{.kind = ErrorKind::parse,
                 .what = std::move(what),
                 .where = fmt::format("{}:{}", file_, node.line()),
                 .hint = std::move(hint)};
  }
  // A shard that got nothing to measure, or a run whose suites were all left out or identical, still says so in a file.
  [[nodiscard]] static bool may_be_empty(const Samples& samples) {
    return samples.run.shard || !samples.run.identities.empty() || !samples.failures.empty() ||
           std::any_of(samples.warnings.begin(), samples.warnings.end(),
                       [](const Warning& warning) { return warning.code == k_suite_skipped; });
  }
  [[nodiscard]] Error missing(const json::Node& object, const std::string& pointer) const {
    return fail(object, pointer + " is missing", fmt::format("add it; a samples file is {}", k_samples_schema));
  }
  [[nodiscard]] Error wrong(const json::Node& node, const std::string& pointer, std::string_view expected) const {
    const std::string is = node.is(json::Kind::non_finite)
                               ? fmt::format("{}, which is not a finite number", shown(node.text()))
                               : std::string(name_of(node.kind()));
    return fail(node, fmt::format("{} is {}; it must be {}", pointer, is, expected));
  }

  Status check_schema(const json::Node& root) const {
    if (!root.is(json::Kind::object)) return wrong(root, "the samples file", "an object");
    const auto schema = root.find("schema");
    if (!schema) {
      const bool google = root.find("context") && root.find("benchmarks");
      return fail(root, "/schema is missing, so this is not a samples file",
                  google ? "this is Google Benchmark's output: `perfwarden ingest` makes a samples file of it"
                         : fmt::format("begin it with \"schema\": \"{}\"", k_samples_schema));
    }
    if (!schema->is(json::Kind::string)) return wrong(*schema, "/schema", "a string");
    if (schema->text() == k_samples_schema) return Nothing{};
    const bool newer = schema->text().starts_with("perfwarden.samples/");
    return fail(
        *schema,
        fmt::format("the schema '{}' is unknown; this perfwarden reads {}", shown(schema->text()), k_samples_schema),
        newer ? "update perfwarden, or write the file with this version" : "give a samples file");
  }

  // Leaves `out` as it is when an optional member is absent or null.
  Status read_text(const json::Node& object, std::string_view key, const std::string& pointer, Need need,
                   std::string& out) const {
    const auto node = object.find(key);
    const auto here = [&] { return fmt::format("{}/{}", pointer, key); };
    if (!node && need == Need::required) return missing(object, here());
    if (!node || (node->is(json::Kind::null) && need == Need::optional)) return Nothing{};
    if (!node->is(json::Kind::string)) return wrong(*node, here(), "a string");
    out = node->text();
    if (need == Need::required && out.empty()) return fail(*node, here() + " is empty");
    if (out.size() > k_max_name_bytes && key != "text")
      return fail(*node, fmt::format("{} has {} bytes, more than {}", here(), out.size(), k_max_name_bytes));
    return Nothing{};
  }

  Status read_flag(const json::Node& object, std::string_view key, const std::string& pointer, bool& out) const {
    const auto node = object.find(key);
    if (!node) return Nothing{};
    if (!node->is(json::Kind::boolean)) return wrong(*node, fmt::format("{}/{}", pointer, key), "true or false");
    out = node->number() != 0;
    return Nothing{};
  }

  Status read_run(const json::Node& run, RunInfo& out) const {
    if (!run.is(json::Kind::object)) return wrong(run, "/run", "an object");
    for (const auto& [key, target] :
         {std::pair("commit", &out.commit), std::pair("branch", &out.branch), std::pair("time", &out.time),
          std::pair("session", &out.session), std::pair("config_hash", &out.config_hash), std::pair("tool", &out.tool),
          std::pair("seed", &out.seed)})
      PW_TRY(read_text(run, key, "/run", Need::optional, *target));
    PW_TRY(read_shard(run, out.shard));
    PW_TRY(read_times(run, out.times));
    PW_TRY(read_identities(run, out.identities));
    const auto machine = run.find("machine");
    if (!machine || machine->is(json::Kind::null)) return Nothing{};
    if (!machine->is(json::Kind::object)) return wrong(*machine, "/run/machine", "an object");
    PW_TRY(read_text(*machine, "fingerprint", "/run/machine", Need::optional, out.machine.fingerprint));
    const auto facts = machine->find("facts");
    if (!facts) return Nothing{};
    if (!facts->is(json::Kind::object)) return wrong(*facts, "/run/machine/facts", "an object");
    Status status = Nothing{};
    facts->each_member([&](std::string_view name, const json::Node& value) {
      if (!status) return;
      if (!value.is(json::Kind::string))
        status = wrong(value, fmt::format("/run/machine/facts/{}", shown(name)), "a string");
      else if (out.machine.facts.size() >= k_max_notes)
        status = fail(value, fmt::format("/run/machine/facts has more than {} members", k_max_notes));
      else
        out.machine.facts.emplace_back(name, value.text());
    });
    if (status && out.machine.fingerprint.empty()) seal(out.machine);
    return status;
  }

  Status read_number(const json::Node& object, std::string_view key, const std::string& pointer, double low,
                     double high, double& out) const {
    const auto node = object.find(key);
    const std::string here = fmt::format("{}/{}", pointer, key);
    if (!node) return missing(object, here);
    if (!node->is(json::Kind::number) || !(node->number() >= low && node->number() <= high))
      return wrong(*node, here, fmt::format("a number from {:g} to {:g}", low, high));
    out = node->number();
    return Nothing{};
  }

  Status read_shard(const json::Node& run, std::optional<Shard>& out) const {
    const auto shard = run.find("shard");
    if (!shard || shard->is(json::Kind::null)) return Nothing{};
    if (!shard->is(json::Kind::object)) return wrong(*shard, "/run/shard", "an object");
    double index = 0;
    double count = 0;
    PW_TRY(read_number(*shard, "count", "/run/shard", 1, k_most_shards, count));
    PW_TRY(read_number(*shard, "index", "/run/shard", 1, count, index));
    out = Shard{static_cast<int>(index), static_cast<int>(count), ""};
    return read_text(*shard, "cut", "/run/shard", Need::required, out->cut);
  }

  Status read_identities(const json::Node& run, std::vector<SuiteIdentity>& out) const {
    const auto list = run.find("identities");
    if (!list) return Nothing{};
    if (!list->is(json::Kind::array)) return wrong(*list, "/run/identities", "an array");
    Status status = Nothing{};
    list->each([&](const json::Node& entry) {
      const std::string at = fmt::format("/run/identities/{}", out.size());
      if (!status || out.size() >= k_max_notes) return;
      SuiteIdentity identity;
      std::string answer;
      double files = 0;
      if (!entry.is(json::Kind::object)) status = wrong(entry, at, "an object");
      if (status) status = read_text(entry, "suite", at, Need::required, identity.suite);
      if (status) status = read_text(entry, "answer", at, Need::required, answer);
      if (status) status = read_flag(entry, "measured", at, identity.measured);
      if (status) status = read_number(entry, "files", at, 0, 1e9, files);
      identity.answer = from_name<SameProgram>(answer).value_or(SameProgram::not_known);
      identity.files = static_cast<std::size_t>(files);
      if (const auto reasons = entry.find("reasons"); status && reasons && reasons->is(json::Kind::array))
        reasons->each([&](const json::Node& reason) {
          if (reason.is(json::Kind::string) && identity.reasons.size() < k_max_notes)
            identity.reasons.emplace_back(reason.text());
        });
      out.push_back(std::move(identity));
    });
    return status;
  }

  Status read_times(const json::Node& run, std::vector<UnitTime>& out) const {
    const auto list = run.find("times");
    if (!list) return Nothing{};
    if (!list->is(json::Kind::array)) return wrong(*list, "/run/times", "an array");
    Status status = Nothing{};
    list->each([&](const json::Node& entry) {
      const std::string at = fmt::format("/run/times/{}", out.size());
      if (!status || out.size() >= k_max_series) return;
      UnitTime time;
      if (!entry.is(json::Kind::object)) status = wrong(entry, at, "an object");
      if (status) status = read_text(entry, "suite", at, Need::required, time.suite);
      if (status) status = read_text(entry, "case", at, Need::optional, time.case_name);
      if (status) status = read_number(entry, "seconds", at, 0, k_most_seconds, time.seconds);
      out.push_back(std::move(time));
    });
    return status;
  }

  Status read_warnings(const json::Node& object, const std::string& pointer, std::vector<Warning>& out) const {
    const auto list = object.find("warnings");
    if (!list) return Nothing{};
    const std::string here = pointer + "/warnings";
    if (!list->is(json::Kind::array)) return wrong(*list, here, "an array");
    Status status = Nothing{};
    std::size_t index = 0;
    list->each([&](const json::Node& entry) {
      const std::string at = fmt::format("{}/{}", here, index++);
      if (!status || out.size() > k_max_notes) return;
      Warning warning;
      if (!entry.is(json::Kind::object)) status = wrong(entry, at, "an object");
      if (status) status = read_text(entry, "code", at, Need::required, warning.code);
      if (status) status = read_text(entry, "text", at, Need::required, warning.text);
      out.push_back(std::move(warning));
    });
    return status;
  }

  Status read_failures(const json::Node& root, std::vector<Failure>& out) const {
    const auto list = root.find("failures");
    if (!list) return Nothing{};
    if (!list->is(json::Kind::array)) return wrong(*list, "/failures", "an array");
    Status status = Nothing{};
    list->each([&](const json::Node& entry) {
      const std::string at = fmt::format("/failures/{}", out.size());
      if (!status || out.size() >= k_max_series) return;
      out.emplace_back();
      status = entry.is(json::Kind::object) ? read_failure(entry, at, out.back()) : wrong(entry, at, "an object");
    });
    return status;
  }

  Status read_failure(const json::Node& entry, const std::string& at, Failure& out) const {
    PW_TRY(read_text(entry, "suite", at, Need::required, out.suite));
    PW_TRY(read_text(entry, "case", at, Need::optional, out.case_name));
    PW_TRY(read_text(entry, "benchmark", at, Need::optional, out.benchmark));
    PW_TRY(read_name(entry, at, out.plain_name, out.qualifiers));
    double failed = 0, runs = 0;
    PW_TRY(read_number(entry, "failed", at, 1, static_cast<double>(k_max_values), failed));
    PW_TRY(read_number(entry, "runs", at, failed, static_cast<double>(k_max_values), runs));
    out.failed = static_cast<std::size_t>(failed);
    out.runs = static_cast<std::size_t>(runs);
    PW_TRY(read_flag(entry, "dropped", at, out.dropped));
    const auto reason = entry.find("reason");
    if (!reason || !reason->is(json::Kind::string)) return missing(entry, at + "/reason");
    out.reason = reason->text().substr(0, k_max_line_bytes);
    return Nothing{};
  }

  Status read_name(const json::Node& entry, const std::string& pointer, std::string& plain,
                   std::vector<Qualifier>& qualifiers) const {
    PW_TRY(read_text(entry, "plain_name", pointer, Need::optional, plain));
    const auto list = entry.find("qualifiers");
    if (!list) return Nothing{};
    if (!list->is(json::Kind::array)) return wrong(*list, pointer + "/qualifiers", "an array");
    Status status = Nothing{};
    list->each([&](const json::Node& item) {
      const std::string at = fmt::format("{}/qualifiers/{}", pointer, qualifiers.size());
      if (!status) return;
      if (qualifiers.size() >= k_max_qualifiers) status = fail(item, at + " is one too many");
      Qualifier& one = qualifiers.emplace_back();
      if (status && !item.is(json::Kind::object)) status = wrong(item, at, "an object");
      if (status) status = read_text(item, "key", at, Need::required, one.key);
      if (status) status = read_text(item, "value", at, Need::optional, one.value);
    });
    return status;
  }

  Status read_series(const json::Node& entry, const std::string& pointer, std::vector<Series>& all) {
    if (!entry.is(json::Kind::object)) return wrong(entry, pointer, "an object");
    Series out;
    PW_TRY(read_text(entry, "suite", pointer, Need::required, out.id.suite));
    PW_TRY(read_text(entry, "benchmark", pointer, Need::required, out.id.benchmark));
    PW_TRY(read_text(entry, "metric", pointer, Need::required, out.id.metric));
    Unit unit;
    PW_TRY(read_metric(entry, pointer, out, unit));
    PW_TRY(read_warnings(entry, pointer, out.warnings));
    PW_TRY(read_pairs(entry, "adaptive_pairs", pointer, out.adaptive_pairs));
    PW_TRY(read_pairs(entry, "last_look", pointer, out.last_look));
    PW_TRY(read_name(entry, pointer, out.plain_name, out.qualifiers));
    const auto invocations = entry.find("invocations");
    if (!invocations) return missing(entry, pointer + "/invocations");
    PW_TRY(read_invocations(*invocations, pointer + "/invocations", unit, out));
    all.push_back(std::move(out));
    return Nothing{};
  }

  Status read_pairs(const json::Node& entry, const std::string& key, const std::string& pointer,
                    std::size_t& out) const {
    const auto node = entry.find(key);
    if (!node) return Nothing{};
    const double value = node->is(json::Kind::number) ? node->number() : std::nan("");
    if (!(value >= 1 && value <= static_cast<double>(k_max_invocations)) || value != std::floor(value))
      return wrong(*node, pointer + "/" + key, fmt::format("a whole number from 1 to {}", k_max_invocations));
    out = static_cast<std::size_t>(value);
    return Nothing{};
  }

  Status read_metric(const json::Node& entry, const std::string& pointer, Series& out, Unit& unit) const {
    const std::optional<Metric> known = known_metric(out.id.metric);
    if (known) out.metric = *known;
    out.metric.name = out.id.metric;
    std::string spelled = out.metric.unit;
    PW_TRY(read_text(entry, "unit", pointer, known ? Need::optional : Need::required, spelled));
    unit = unit_in_words(spelled);
    out.metric.unit = unit.base;
    out.original_unit = spelled;
    PW_TRY(read_text(entry, "original_unit", pointer, Need::optional, out.original_unit));
    if (!known) out.metric.better = better_of(out.id.metric, spelled);
    if (const auto better = entry.find("better")) {
      const auto named = from_name<Better>(better->text());
      if (!named)
        return better->is(json::Kind::string)
                   ? fail(*better, fmt::format("{}/better is '{}'; it must be \"lower\" or \"higher\"", pointer,
                                               shown(better->text())))
                   : wrong(*better, pointer + "/better", "\"lower\" or \"higher\"");
      out.metric.better = *named;
    }
    PW_TRY(read_flag(entry, "deterministic", pointer, out.metric.deterministic));
    return read_flag(entry, "primary", pointer, out.metric.primary);
  }

  Status read_invocations(const json::Node& list, const std::string& pointer, const Unit& unit, Series& out) {
    if (!list.is(json::Kind::array)) return wrong(list, pointer, "an array of arrays of numbers");
    std::optional<Error> error;
    list.each([&](const json::Node& inner) {
      if (error) return;
      if (!inner.is(json::Kind::array)) {
        error = wrong(inner, fmt::format("{}/{}", pointer, out.invocations.size()),
                      "an array of numbers, one a repetition");
        return;
      }
      std::vector<double> values;
      inner.each([&](const json::Node& node) {
        if (error) return;
        const double value = node.is(json::Kind::number) ? to_base(node.number(), unit) : std::nan("");
        if (!std::isfinite(value))
          error = bad_value(node, fmt::format("{}/{}/{}", pointer, out.invocations.size(), values.size()), out.id);
        else if (++values_ > k_max_values)
          error = fail(node, fmt::format("more than {} values", k_max_values), "split the file");
        values.push_back(value);
      });
      out.invocations.push_back(std::move(values));
      if (!error && out.invocations.size() > k_max_invocations)
        error = fail(inner, fmt::format("{} has more than {} invocations", pointer, k_max_invocations));
    });
    if (error) return *std::move(error);
    return Nothing{};
  }

  [[nodiscard]] Error bad_value(const json::Node& node, const std::string& pointer, const SeriesId& id) const {
    Error error = wrong(node, pointer, "a finite number");
    if (node.is(json::Kind::number)) error.what = pointer + " is too large in the base unit";
    error.what = fmt::format("benchmark '{}', {}: {}", shown(id.benchmark), shown(id.metric), error.what);
    error.hint = "omit the value; an invocation without a value is []";
    return error;
  }

  Status sort(const json::Node& list, std::vector<Series>& series) const {
    const auto by_id = [](const Series& a, const Series& b) { return a.id < b.id; };
    if (!std::is_sorted(series.begin(), series.end(), by_id)) std::sort(series.begin(), series.end(), by_id);
    const auto twice =
        std::adjacent_find(series.begin(), series.end(), [](const Series& a, const Series& b) { return a.id == b.id; });
    if (twice == series.end()) return Nothing{};
    return fail(list, fmt::format("the series '{}' occurs twice", shown(twice->id.path())),
                "put its invocations into one series");
  }

  const std::string& file_;
  std::size_t values_ = 0;
};

}  // namespace

bool looks_like_samples(std::string_view head) {
  const std::string_view whole = text::trim(head.starts_with("\xEF\xBB\xBF") ? head.substr(3) : head);
  if (!whole.starts_with('{')) return false;
  constexpr std::string_view k_start = "\"perfwarden.samples/";
  for (std::size_t at = whole.find(k_start); at != std::string_view::npos; at = whole.find(k_start, at + 1)) {
    std::string_view before = text::trim(whole.substr(0, at).substr(at > 64 ? at - 64 : 0));
    if (!before.ends_with(':')) continue;
    before.remove_suffix(1);
    if (text::trim(before).ends_with("\"schema\"")) return true;
  }
  return false;
}

Result<Samples> samples_of(const json::Tree& tree, const std::string& file_name) {
  return SamplesReader(file_name).read(tree.root());
}

Result<Samples> parse_samples(std::string_view text, const std::string& file_name) {
  PW_TRY_ASSIGN(
      const json::Tree tree,
      json::Tree::read(text, file_name, {.hint = "give a samples file, as `perfwarden run` and `ingest` write it"}));
  return samples_of(tree, file_name);
}

}  // namespace perfwarden::ingest
