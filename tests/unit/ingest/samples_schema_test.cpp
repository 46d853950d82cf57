#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "ingest/read.hpp"
#include "support/fakes.hpp"

// config/samples.schema.json says what write_samples writes and parse_samples reads.
namespace perfwarden::ingest {
namespace {

using Json = nlohmann::json;

bool schema_accepts(const Json& samples) {
  static const Json document = Json::parse(support::slurp(support::source_path("config/samples.schema.json")));
  static const auto schema = [] {
    auto made = std::make_unique<valijson::Schema>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *made);
    return made;
  }();
  valijson::Validator validator;
  return validator.validate(*schema, valijson::adapters::NlohmannJsonAdapter(samples), nullptr);
}

bool reader_accepts(const Json& samples) {
  return parse_samples(samples.dump(), "s.json").has_value();
}

Json good() {
  return Json::parse(R"({"schema": "perfwarden.samples/1",
    "run": {"commit": "9be01d4c", "branch": "main", "time": "2026-11-21T10:00:00Z", "session": "s", "config_hash": "0f",
            "tool": "t", "seed": "42", "shard": {"index": 2, "count": 3, "cut": "00"},
            "times": [{"suite": "core", "case": "", "seconds": 0.25}],
            "machine": {"fingerprint": "0f", "facts": {"cpu": "AMD EPYC"}}},
    "warnings": [{"code": "c", "text": "t"}],
    "series": [{"suite": "core", "benchmark": "b", "metric": "wall_time", "unit": "s", "better": "lower",
                "deterministic": false, "primary": true, "original_unit": "ns", "adaptive_pairs": 1, "last_look": 7,
                "invocations": [[0.5, 1], []], "warnings": []}]})");
}

Samples of_fixture(const std::filesystem::path& file, const std::string& format) {
  Suite suite;
  suite.name = "core";
  const std::string pattern = (file.parent_path() / "pattern.txt").string();
  if (std::filesystem::exists(pattern)) suite.parser.regex = support::slurp(pattern);
  suite.parser.regex.erase(suite.parser.regex.find_last_not_of('\n') + 1);
  const auto samples = read_files({{file.filename().string(), support::slurp(file.string())}}, format, suite, Config{});
  if (!samples) ADD_FAILURE() << samples.error().text();
  return samples.value_or(Samples{});
}

TEST(SamplesSchema, AcceptsWhatIsWrittenOfEveryFixtureOfEveryFormat) {
  namespace fs = std::filesystem;
  std::size_t files = 0;
  for (const Format* format : formats()) {
    if (format->name == "time") continue;  // reads no file
    const fs::path folder = support::source_path("tests/fixtures/ingest/" + std::string(format->name));
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (name == "README.md" || name == "pattern.txt") continue;
      EXPECT_TRUE(schema_accepts(Json::parse(write_samples(of_fixture(entry.path(), std::string(format->name))))))
          << entry.path();
      ++files;
    }
  }
  EXPECT_GE(files, 50U);
}

TEST(SamplesSchema, AcceptsTheWrittenGoldens) {
  for (const auto& [format, file] : std::vector<std::pair<std::string, std::string>>{
           {"hyperfine", "memory_and_failures.json"}, {"jmh", "forks_and_params.json"}, {"csv", "quoted.csv"}}) {
    const std::string fixture = support::source_path("tests/fixtures/ingest/" + format + "/" + file);
    const std::string text = write_samples(of_fixture(fixture, format));
    support::expect_golden("samples/" + format + ".json", text);
    EXPECT_TRUE(schema_accepts(Json::parse(text))) << format;
  }
}

TEST(SamplesSchema, AgreesWithTheReaderAboutAGoodFileAndItsOptionalMembers) {
  ASSERT_TRUE(reader_accepts(good()));
  ASSERT_TRUE(schema_accepts(good()));
  for (const char* pointer : {"/run", "/run/commit", "/run/shard", "/run/times", "/run/machine", "/run/machine/facts",
                              "/run/times/0/case", "/warnings", "/series/0/unit", "/series/0/better",
                              "/series/0/warnings", "/series/0/adaptive_pairs", "/series/0/last_look"}) {
    Json less = good();
    const Json::json_pointer at(pointer);
    less[at.parent_pointer()].erase(at.back());
    EXPECT_TRUE(reader_accepts(less)) << pointer;
    EXPECT_TRUE(schema_accepts(less)) << pointer;
  }
  Json more = good();
  more["series"][0]["comment"] = "of another tool";
  EXPECT_TRUE(reader_accepts(more));
  EXPECT_TRUE(schema_accepts(more));
}

TEST(SamplesSchema, RefusesWhatTheReaderRefuses) {
  const std::vector<std::pair<const char*, Json>> changes{{"/schema", "perfwarden.samples/2"},
                                                          {"/schema", nullptr},
                                                          {"/run", "main"},
                                                          {"/run/commit", 9},
                                                          {"/run/shard/index", 0},
                                                          {"/run/shard/cut", ""},
                                                          {"/run/times/0/seconds", -1},
                                                          {"/run/times/0/suite", ""},
                                                          {"/run/machine", 1},
                                                          {"/run/machine/facts/cpu", 2},
                                                          {"/warnings", "none"},
                                                          {"/warnings/0/code", ""},
                                                          {"/warnings/0/text", nullptr},
                                                          {"/series", Json::object()},
                                                          {"/series/0", 1},
                                                          {"/series/0/suite", ""},
                                                          {"/series/0/benchmark", nullptr},
                                                          {"/series/0/metric", std::string(1025, 'm')},
                                                          {"/series/0/better", "faster"},
                                                          {"/series/0/deterministic", "no"},
                                                          {"/series/0/adaptive_pairs", 0},
                                                          {"/series/0/adaptive_pairs", 1.5},
                                                          {"/series/0/last_look", 0},
                                                          {"/series/0/invocations", 1},
                                                          {"/series/0/invocations/0", 1},
                                                          {"/series/0/invocations/0/0", "1"},
                                                          {"/series/0/invocations/0/0", nullptr}};
  for (const auto& [pointer, value] : changes) {
    Json changed = good();
    changed[Json::json_pointer(pointer)] = value;
    EXPECT_FALSE(reader_accepts(changed)) << pointer << " = " << value;
    EXPECT_FALSE(schema_accepts(changed)) << pointer << " = " << value;
  }
  for (const char* key : {"schema", "series"}) {
    Json less = good();
    less.erase(key);
    EXPECT_FALSE(reader_accepts(less)) << key;
    EXPECT_FALSE(schema_accepts(less)) << key;
  }
  for (const char* key : {"suite", "benchmark", "metric", "invocations"}) {
    Json less = good();
    less["series"][0].erase(key);
    EXPECT_FALSE(reader_accepts(less)) << key;
    EXPECT_FALSE(schema_accepts(less)) << key;
  }
}

}  // namespace
}  // namespace perfwarden::ingest
