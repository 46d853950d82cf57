#include <algorithm>

#include "json/write.hpp"
#include "report/page/medium.hpp"
#include "report/renderer.hpp"
#include "report/view/mark.hpp"

// GitLab's code quality report ("Code Quality", implementing a custom tool): a JSON array of issues.
namespace perfwarden::report {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(const Mark& mark) {
  switch (mark.severity) {
    case Mark::Severity::error:
      return "major";
    case Mark::Severity::warning:
      return "minor";
    case Mark::Severity::note:
      break;
  }
  return "info";
}

Result<std::string> render_code_quality(const Report& report, const Templates& /*templates*/,
                                        const RenderOptions& /*options*/) {
  Json out = Json::array();
  for (const Mark& mark : marks_of(report)) {
    Json issue;
    issue["description"] = prose_in(Medium::plain, mark.title + ": " + mark.message);
    issue["check_name"] = "perfwarden/" + mark.rule;
    issue["fingerprint"] = mark.fingerprint;
    issue["severity"] = severity_of(mark);
    issue["location"]["path"] = mark.file.empty() ? std::string(k_default_config_file) : mark.file;
    issue["location"]["lines"]["begin"] = std::max(mark.line, 1);
    out.push_back(issue);
  }
  return json::pretty(out);
}

}  // namespace

extern const Renderer k_renderer_code_quality{"code-quality",
                                              "GitLab's code quality report: one issue for each finding",
                                              "gl-code-quality.json", "application/json", render_code_quality};

}  // namespace perfwarden::report
