#include <nlohmann/json.hpp>
#include <string>

#include "ingest/read.hpp"
#include "ingest/samples.hpp"
#include "json/write.hpp"

namespace perfwarden::ingest {
namespace {

using Json = nlohmann::ordered_json;

using json::dump;

Json warnings_json(const std::vector<Warning>& warnings) {
  Json out = Json::array();
  for (const Warning& warning : warnings) out.push_back({{"code", warning.code}, {"text", warning.text}});
  return out;
}

Json run_json(const RunInfo& run) {
  Json out = Json::object();
  const auto put = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  put("commit", run.commit);
  put("branch", run.branch);
  put("time", run.time);
  put("session", run.session);
  put("config_hash", run.config_hash);
  put("tool", run.tool);
  Json machine = Json::object();
  if (!run.machine.fingerprint.empty()) machine["fingerprint"] = run.machine.fingerprint;
  for (const auto& [name, value] : run.machine.facts) machine["facts"][name] = value;
  if (!machine.empty()) out["machine"] = std::move(machine);
  put("seed", run.seed);
  if (run.shard) out["shard"] = {{"index", run.shard->index}, {"count", run.shard->count}, {"cut", run.shard->cut}};
  for (const UnitTime& time : run.times)
    out["times"].push_back({{"suite", time.suite}, {"case", time.case_name}, {"seconds", time.seconds}});
  for (const SuiteIdentity& one : run.identities)
    out["identities"].push_back({{"suite", one.suite},
                                 {"answer", name_of(one.answer)},
                                 {"measured", one.measured},
                                 {"files", one.files},
                                 {"reasons", one.reasons}});
  return out;
}

template <typename Named>
void put_name(Json& out, const Named& named) {
  if (named.qualifiers.empty()) return;
  out["plain_name"] = named.plain_name;
  for (const Qualifier& one : named.qualifiers) out["qualifiers"].push_back({{"key", one.key}, {"value", one.value}});
}

Json failure_json(const Failure& failure) {
  Json out{{"suite", failure.suite}};
  if (!failure.case_name.empty()) out["case"] = failure.case_name;
  if (!failure.benchmark.empty()) out["benchmark"] = failure.benchmark;
  put_name(out, failure);
  out["failed"] = failure.failed;
  out["runs"] = failure.runs;
  out["dropped"] = failure.dropped;
  out["reason"] = failure.reason;
  return out;
}

Json series_json(const Series& series) {
  Json out{{"suite", series.id.suite},
           {"benchmark", series.id.benchmark},
           {"metric", series.id.metric},
           {"unit", series.metric.unit},
           {"better", name_of(series.metric.better)},
           {"deterministic", series.metric.deterministic},
           {"primary", series.metric.primary}};
  if (series.original_unit != series.metric.unit) out["original_unit"] = series.original_unit;
  if (series.adaptive_pairs > 0) out["adaptive_pairs"] = series.adaptive_pairs;
  if (series.last_look > 0) out["last_look"] = series.last_look;
  put_name(out, series);
  out["invocations"] = series.invocations;
  if (!series.warnings.empty()) out["warnings"] = warnings_json(series.warnings);
  return out;
}

}  // namespace

// One series a line, so that files can be compared by eye and by diff.
std::string write_samples(const Samples& samples) {
  std::string out = "{\n\"schema\": " + dump(Json(k_samples_schema)) + ",\n\"run\": " + dump(run_json(samples.run));
  if (!samples.warnings.empty()) out += ",\n\"warnings\": " + dump(warnings_json(samples.warnings));
  for (std::size_t i = 0; i < samples.failures.size(); ++i)
    out += (i == 0 ? ",\n\"failures\": [\n" : ",\n") + dump(failure_json(samples.failures[i]));
  if (!samples.failures.empty()) out += "\n]";
  out += ",\n\"series\": [";
  for (std::size_t i = 0; i < samples.series.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    out += dump(series_json(samples.series[i]));
  }
  return out + "\n]\n}\n";
}

Result<std::string> write_readable_samples(const Samples& samples) {
  std::string text = write_samples(samples);
  if (Result<Samples> read = parse_samples(text, "the result"); !read) {
    Error& error = read.error();
    error.what = "these samples would make a file that cannot be read: " + error.what;
    return std::move(error);
  }
  return text;
}

}  // namespace perfwarden::ingest
