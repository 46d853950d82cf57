#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "json/write.hpp"
#include "report/page/medium.hpp"
#include "report/renderer.hpp"
#include "report/view/mark.hpp"

// SARIF 2.1.0 (OASIS, 27 March 2020), and what GitHub's code scanning reads of it: "SARIF support for code scanning".
namespace perfwarden::report {
namespace {

using Json = nlohmann::ordered_json;

// GitHub shows the 5 000 most severe results of a run and refuses a run of more than 25 000.
constexpr std::size_t k_most_results = 5'000;

std::string_view level_of(Mark::Severity severity) {
  switch (severity) {
    case Mark::Severity::error:
      return "error";
    case Mark::Severity::warning:
      return "warning";
    case Mark::Severity::note:
      break;
  }
  return "note";
}

// Section 3.11.6: brackets in a message make links, which text from a pull request must not.
std::string message_text(std::string_view hostile) {
  std::string out;
  for (const char c : prose_in(Medium::plain, hostile)) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// A relative URI (RFC 3986, sections 2.3 and 3.3).
std::string uri_of(std::string_view path) {
  constexpr std::string_view k_kept = "-._~/!$&'()*+,;=@";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      k_kept.find(c) != std::string_view::npos;
    out += kept ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

Json result_of(const Mark& mark, const Report& report) {
  // Code scanning refuses a result without a place.
  const std::string& file = mark.file.empty() ? std::string(k_default_config_file) : mark.file;
  Json out;
  out["ruleId"] = mark.rule;
  out["level"] = level_of(mark.severity);
  out["message"]["text"] = message_text(mark.title + ": " + mark.message);
  out["locations"] = Json::array();
  out["locations"].push_back({{"physicalLocation",
                               {{"artifactLocation", {{"uri", uri_of(file)}, {"uriBaseId", "%SRCROOT%"}}},
                                {"region", {{"startLine", std::max(mark.line, 1)}}}}}});
  out["partialFingerprints"]["perfwarden/v1"] = mark.fingerprint;
  out["partialFingerprints"]["primaryLocationLineHash"] = mark.fingerprint + ":1";  // the only one that GitHub reads
  if (mark.accepted) {
    Json suppression;
    suppression["kind"] = "external";
    suppression["justification"] = prose_in(Medium::plain, report.verdict.override_note);
    out["suppressions"] = Json::array({suppression});
  }
  return out;
}

// A run without results closes what an earlier one opened, so there is always one run.
Result<std::string> render_sarif(const Report& report, const Templates& /*templates*/,
                                 const RenderOptions& /*options*/) {
  std::vector<Mark> marks = marks_of(report);
  if (marks.size() > k_most_results) marks.resize(k_most_results);
  Json results = Json::array();
  Json rules = Json::array();
  std::set<std::string> known;
  for (const Mark& mark : marks) {
    if (known.insert(mark.rule).second) {
      Json rule;
      rule["id"] = mark.rule;
      rule["shortDescription"]["text"] = "Gate '" + mark.rule + "' of the performance budget";
      rule["help"]["text"] = "docs/gates.md explains this gate and how to respond.";
      rule["properties"]["tags"] = Json::array({"performance"});
      rules.push_back(rule);
    }
    results.push_back(result_of(mark, report));
  }
  Json run;
  run["tool"]["driver"] = {{"name", "perfwarden"}};
  if (!report.tool_version.empty()) run["tool"]["driver"]["version"] = report.tool_version;
  run["tool"]["driver"]["rules"] = rules;
  // Two jobs of one workflow are two analyses; a later run of the same job replaces its own.
  const std::string job = uri_of(report.context.job.empty() ? "check" : report.context.job);
  const std::string leg = uri_of(report.context.leg);
  run["automationDetails"]["id"] = leg.empty() ? "perfwarden/" + job + "/" : "perfwarden/" + job + "/" + leg + "/";
  run["columnKind"] = "utf16CodeUnits";
  run["results"] = results;
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"] = Json::array({run});
  return json::pretty(out);
}

}  // namespace

extern const Renderer k_renderer_sarif{"sarif", "SARIF 2.1.0, for GitHub's code scanning: one result for each finding",
                                       "report.sarif", "application/sarif+json", render_sarif};

}  // namespace perfwarden::report
