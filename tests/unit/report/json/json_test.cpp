#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "report/renderer.hpp"
#include "support/fakes.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

using Json = nlohmann::json;

std::string written(const Report& report) {
  return find_renderer("json")->render(report, Templates{}, {}).value_or("");
}

// Why the schema refuses the report; empty when it does not.
std::string schema_says(const Json& report) {
  static const Json document = Json::parse(support::slurp(support::source_path("config/report.schema.json")));
  static const auto schema = [] {
    auto made = std::make_unique<valijson::Schema>();
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *made);
    return made;
  }();
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(*schema, valijson::adapters::NlohmannJsonAdapter(report), &results)) return "";
  valijson::ValidationResults::Error error;
  std::string all = "refused";
  while (results.popError(error)) {
    all += "\n";
    for (const std::string& part : error.context) all += part;
    all += ": " + error.description;
  }
  return all;
}

TEST(ReportJson, OfAllHostileTextsAgreesWithItsSchemaAndComesBack) {
  const std::string once = written(support::report_hostile());
  EXPECT_EQ(schema_says(Json::parse(once)), "");
  EXPECT_EQ(written(read_json(once, "report.json").value()), once);
}

TEST(ReportJson, AgreesWithItsSchema) {
  for (const auto& [name, report] : support::sample_reports())
    EXPECT_EQ(schema_says(Json::parse(written(report))), "") << name;
}

TEST(ReportJson, SchemaKnowsEveryFieldByName) {
  const Json good = Json::parse(written(support::report_fail_high()));
  for (const auto& [key, value] : good.items()) {
    if (key == "recent") continue;  // only where there is a history
    Json less = good;
    less.erase(key);
    EXPECT_NE(schema_says(less), "") << "without " << key;
  }
  Json more = good;
  more["surprise"] = 1;
  EXPECT_NE(schema_says(more), "");
  more = good;
  more["comparisons"][0]["surprise"] = 1;
  EXPECT_NE(schema_says(more), "");
}

// A report that was read and written again is the same text, so nothing was lost on the way.
TEST(ReportJson, ComesBackWhole) {
  for (const auto& [name, report] : support::sample_reports()) {
    const std::string once = written(report);
    const Result<Report> read = read_json(once, "report.json");
    ASSERT_TRUE(read) << name << ": " << read.error().text();
    EXPECT_EQ(written(*read), once) << name;
    EXPECT_EQ(read->comparisons.size(), report.comparisons.size());
    EXPECT_EQ(read->seed, report.seed);
    EXPECT_TRUE(name == "hostile" || read->base.run == report.base.run);
    for (std::size_t i = 0; i < report.comparisons.size() && name != "hostile"; ++i) {
      EXPECT_EQ(read->comparisons[i].id, report.comparisons[i].id);
      EXPECT_EQ(read->comparisons[i].base_values, report.comparisons[i].base_values);
      EXPECT_EQ(read->comparisons[i].head_values, report.comparisons[i].head_values);
      EXPECT_EQ(read->comparisons[i].metric, report.comparisons[i].metric);
    }
    for (const char* form : {"terminal", "html", "markdown", "junit"}) {
      if (name == "hostile") continue;  // bytes that are not UTF-8 do not come back
      EXPECT_EQ(find_renderer(form)->render(*read, Templates{}, {}).value_or("a"),
                find_renderer(form)->render(report, Templates{}, {}).value_or("b"))
          << name << " as " << form;
    }
  }
}

TEST(ReportJson, TellsEndlessFromUnknown) {
  Report report = support::report_fail_high();
  report.comparisons[0].ratio_interval = {0.9, std::numeric_limits<double>::infinity(), 0.99};
  report.comparisons[1].ratio_interval = {};
  const std::string text = written(report);
  EXPECT_EQ(schema_says(Json::parse(text)), "");
  EXPECT_EQ(Json::parse(text)["comparisons"][0]["interval"][1], nullptr);
  const Report read = read_json(text, "report.json").value();
  EXPECT_TRUE(std::isinf(read.comparisons[0].ratio_interval.high));
  EXPECT_TRUE(std::isnan(read.comparisons[1].ratio_interval.high));
}

TEST(ReportJson, HasTheFlatFieldsThatScriptsRead) {
  const Json json = Json::parse(written(support::report_mixed()));
  EXPECT_EQ(json["benchmark_regressions"][0], "core/experimental/simd: 2.10 ms -> 2.83 ms (34.9% regression)");
  EXPECT_EQ(json["benchmark_regressions"][1], "core/parse/hot_path: 12.4 ms -> 15.3 ms (23.3% regression)");
  EXPECT_EQ(json["benchmark_regressions"].size(), 5U) << "what is not distinct is not listed";
  EXPECT_EQ(json["memory_regressions"].size(), 1U);
  EXPECT_EQ(json["memory_regressions"][0], "cli/convert/large.json [max_rss]: 137 MiB -> 156 MiB (14.0% regression)");
  EXPECT_EQ(json["cpu_regressions"], Json::array());
  EXPECT_EQ(json["new_hotspots"], Json::array());
  EXPECT_EQ(json["rating"], Json({{"cpu", 3}, {"memory", 3}, {"overall", 3}}));
  EXPECT_EQ(json["summary"], "4 of 19 benchmarks are over their budget: core/parse/hot_path +23.3 % (HIGH)");
  EXPECT_EQ(json["recommendations"].size(), 3U);
}

TEST(ReportJson, ASeriesHasItsFieldsAndCriteriaByName) {
  const Json json = Json::parse(written(support::report_fail_high()));
  const Json& series = json["comparisons"][2];
  EXPECT_EQ(series["benchmark"], "parse/large");
  EXPECT_EQ(series["verdict"], "regression");
  EXPECT_EQ(series["level"], "soft");
  EXPECT_EQ(series["confidence"], "HIGH");
  EXPECT_NEAR(series["change_percent"].get<double>(), 9.9, 0.1);
  EXPECT_TRUE(series["criteria"]["baseline-stable"]["met"].get<bool>());
  EXPECT_EQ(json["comparisons"][0]["confidence"], nullptr);
}

TEST(ReportJson, HasNoPathsOfTheMachineThatWroteItAndTakesNone) {
  Report report = support::report_pass();
  report.context.output_file = "/home/runner/output";
  report.context.api_url = "https://api.evil.example";
  const std::string text = written(report);
  EXPECT_EQ(text.find("/home/runner"), std::string::npos);
  Json json = Json::parse(text);
  json["context"]["output_file"] = "/etc/passwd";
  json["context"]["api_url"] = "https://api.evil.example";
  const Report read = read_json(json.dump(), "report.json").value();
  EXPECT_EQ(read.context.output_file, "");
  EXPECT_EQ(read.context.api_url, "https://api.github.com");
}

std::string error_of(const std::string& text) {
  const Result<Report> read = read_json(text, "report.json");
  return read ? "no error" : read.error().text();
}

TEST(ReadJson, NamesThePlaceOfWhatItCannotRead) {
  const Json good = Json::parse(written(support::report_fail_high()));
  const auto with = [&](const char* pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    return error_of(bad.dump());
  };
  const auto starts = [](const std::string& message, const std::string& with_what) {
    EXPECT_TRUE(message.starts_with("report.json: error: " + with_what)) << message;
  };
  starts(with("/comparisons/1/exact/p", "0.5"), "/comparisons/1/exact/p: expected a number");
  starts(with("/comparisons/1/pairs", -1), "/comparisons/1/pairs: expected a whole number from 0 up");
  starts(with("/comparisons/1/pairs", 1e300), "/comparisons/1/pairs: expected a whole number from 0 up");
  starts(with("/comparisons/0/presence", "neither"), "/comparisons/0/presence: unknown value 'neither'");
  starts(with("/comparisons/0/criteria/a~1b", 1), "/comparisons/0/criteria: more than 5 members");
  starts(with("/comparisons", 7), "/comparisons: expected an array, found number");
  starts(with("/head", Json::array()), "/head: expected an object, found array");
  starts(with("/verdict", "perhaps"), "/verdict: unknown value 'perhaps'");
  starts(with("/seed", "-1"), "/seed: expected digits");
  starts(with("/findings/0/where/line", -4), "/findings/0/where/line: not a line or column");
  starts(with("/schema", "perfwarden.report/2"), "schema 'perfwarden.report/2' is not perfwarden.report/1");
  Json less = good;
  less["comparisons"][0].erase("exact");
  starts(error_of(less.dump()), "/comparisons/0/exact: missing");
}

TEST(ReadJson, RefusesWhatIsNotAReport) {
  EXPECT_NE(error_of(""), "no error");
  EXPECT_NE(error_of("{\"schema\": \"perfwarden.report/1\",\n oops"), "no error");
  EXPECT_TRUE(
      error_of("{\"schema\": \"x\",\n oops").starts_with("report.json:2:6: error: the JSON ends in the middle"));
  for (const char* text : {"[]", "null", "1", "\"x\"", "{}", "{\"schema\":1}", "{\"schema\":\"perfwarden.report/1\"}"})
    EXPECT_NE(error_of(text), "no error") << text;
  EXPECT_NE(error_of(std::string(200'000, '[')).find("nests more than 64 levels deep"), std::string::npos);
  EXPECT_NE(error_of("{\"a\":\"\xFF\"}"), "no error");
}

TEST(ReadJson, NeverTakesACutOffReport) {
  const std::string text = written(support::report_no_baseline());
  for (std::size_t size = 0; size + 2 < text.size(); size += 97)
    EXPECT_NE(error_of(text.substr(0, size)), "no error") << size;
}

}  // namespace
}  // namespace perfwarden::report
