// The corpus under tests/fixtures/config keeps three things equal: what the validator says, what the JSON Schema says,
// and what somebody reviewed (NAME.expected beside each bad file; UPDATE_GOLDEN=1 rewrites them).

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "config/load.hpp"
#include "support/fakes.hpp"
#include "support/vocabulary.hpp"

namespace perfwarden::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::vector<fs::path> files_of(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(support::source_path(folder)))
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// A plain scalar by YAML 1.2's core schema, as an editor reads it.
Json json_of_plain(const std::string& text) {
  static const std::regex integer("[-+]?[0-9]+"), real("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  static const std::regex yes("true|True|TRUE"), no("false|False|FALSE");
  if (std::regex_match(text, yes)) return true;
  if (std::regex_match(text, no)) return false;
  if (std::regex_match(text, integer) && text.size() < 18) return std::stoll(text);
  if (std::regex_match(text, real)) return std::stod(text);
  return text;
}

Json json_of(const YAML::Node& node, int depth = 0) {
  if (depth > 100) throw YAML::Exception(node.Mark(), "an alias inside of what it names");
  if (node.IsMap()) {
    Json out = Json::object();
    for (const auto& entry : node)
      out[entry.first.IsScalar() ? entry.first.Scalar() : "?"] = json_of(entry.second, depth + 1);
    return out;
  }
  if (node.IsSequence()) {
    Json out = Json::array();
    for (const auto& item : node) out.push_back(json_of(item, depth + 1));
    return out;
  }
  if (node.IsScalar()) return node.Tag() == "?" ? json_of_plain(node.Scalar()) : Json(node.Scalar());
  return nullptr;
}

// Why an editor with the schema refuses the text; empty when it does not.
std::string schema_says(const std::string& yaml) {
  static const Json document = Json::parse(schema(support::k_vocabulary));
  static const auto parsed = [] {
    auto made = std::make_unique<valijson::Schema>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *made);
    return made;
  }();
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
    if (documents.size() != 1) return "not one document";
    const Json value = json_of(documents.front());
    valijson::ValidationResults results;
    valijson::Validator validator;
    if (validator.validate(*parsed, valijson::adapters::NlohmannJsonAdapter(value), &results)) return "";
    valijson::ValidationResults::Error error;
    results.popError(error);
    return "schema: " + error.description;
  } catch (const YAML::Exception& exception) {
    return std::string("not YAML: ") + exception.what();
  }
}

// What a JSON Schema cannot say, or is not asked to.
const std::map<std::string, std::string>& validator_only() {
  static const std::map<std::string, std::string> reasons{
#include "validator_only.inc"
  };
  return reasons;
}

TEST(ConfigCorpus, EveryGoodFileIsAcceptedByValidatorAndSchema) {
  const auto files = files_of("tests/fixtures/config/good");
  EXPECT_GE(files.size(), 10U);
  for (const fs::path& file : files) {
    const std::string text = support::slurp(file);
    const auto loaded = parse(text, file.filename(), support::k_vocabulary);
    EXPECT_TRUE(loaded) << loaded.error().text();
    EXPECT_EQ(schema_says(text), "") << file;
  }
}

TEST(ConfigCorpus, EveryBadFileGetsItsStatedMessage) {
  const auto files = files_of("tests/fixtures/config/bad");
  EXPECT_GE(files.size(), 60U);
  for (const fs::path& file : files) {
    const auto loaded = parse(support::slurp(file), file.filename(), support::k_vocabulary);
    ASSERT_FALSE(loaded) << file << " was accepted";
    EXPECT_EQ(loaded.error().kind, ErrorKind::config);
    const std::string got = loaded.error().text() + "\n";
    const fs::path expected = fs::path(file).replace_extension(".expected");
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(expected, std::ios::binary) << got;
    } else {
      EXPECT_EQ(support::slurp(expected), got) << file;
    }
  }
}

TEST(ConfigCorpus, EveryMessageNamesItsPlace) {
  const std::regex place("^[a-z0-9-]+\\.yml:[1-9][0-9]*:[1-9][0-9]*: error: ");
  for (const fs::path& file : files_of("tests/fixtures/config/bad")) {
    const std::string name = file.stem();
    if (name == "empty" || name == "only-comments" || name == "null-document") continue;  // there is no place
    const auto loaded = parse(support::slurp(file), file.filename(), support::k_vocabulary);
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(std::regex_search(loaded.error().text(), place)) << loaded.error().text();
  }
}

TEST(ConfigCorpus, SchemaRefusesWhatTheValidatorRefusesButForTheReasonsListed) {
  for (const fs::path& file : files_of("tests/fixtures/config/bad")) {
    const std::string said = schema_says(support::slurp(file));
    const auto listed = validator_only().find(file.stem());
    if (listed == validator_only().end())
      EXPECT_NE(said, "") << file << " is refused by the validator only: say why in validator_only.inc";
    else
      EXPECT_EQ(said, "") << file << " is listed as '" << listed->second << "', but the schema refuses it";
  }
}

TEST(ConfigCorpus, EveryListedReasonHasItsFile) {
  for (const auto& [name, reason] : validator_only()) {
    EXPECT_TRUE(fs::exists(support::source_path("tests/fixtures/config/bad/" + name + ".yml"))) << name;
    EXPECT_FALSE(reason.empty()) << name;
  }
}

TEST(ConfigCorpus, TheExampleOfGovernanceHasThreeLevelsOfSlowdownShareAndRating) {
  const auto loaded = parse(support::slurp(support::source_path("config/examples/governance.yml")), "governance.yml",
                            support::k_vocabulary);
  ASSERT_TRUE(loaded) << loaded.error().text();
  const Config& config = loaded->config;
  const Limit& slowdown = config.budgets.at(0).limits.at("");
  EXPECT_TRUE(slowdown.warn && slowdown.soft && slowdown.hard);
  const auto flat = std::find_if(config.profile_gates.rules.rbegin(), config.profile_gates.rules.rend(),
                                 [](const ProfileRule& rule) { return rule.gate == "cpu-regression"; });
  EXPECT_TRUE(flat->warn && flat->soft && flat->hard);
  EXPECT_EQ(config.analysis.min_rating, (RatingLimits{5, 4, 3.5}));
  EXPECT_EQ(config.analysis.directory, ".docs/artifacts/ci/ai_analysis");
}

TEST(ConfigCorpus, ShippedExamplesAreAccepted) {
  const auto files = files_of("config/examples");
  ASSERT_EQ(files.size(), 3U);
  for (const fs::path& file : files) {
    const std::string text = support::slurp(file);
    const auto loaded = parse(text, file.filename(), support::k_vocabulary);
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->warnings.empty()) << loaded->warnings.front().text;
    EXPECT_EQ(schema_says(text), "") << file;
  }
}

}  // namespace
}  // namespace perfwarden::config
