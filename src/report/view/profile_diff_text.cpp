#include "report/view/profile_diff_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "json/write.hpp"
#include "report/json/profile_diff.hpp"
#include "report/page/terminal.hpp"
#include "report/view/profile_diff.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_rows = 10;
constexpr std::size_t k_narrowest_text = 40;

std::string as_json(const ProfileDiff& evidence, std::span<const Finding> findings) {
  nlohmann::ordered_json out{{"schema", "perfwarden.profile/1"}};
  out.update(evidence_to_json(evidence));
  out["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : findings)
    out["findings"].push_back({{"rule", finding.rule},
                               {"level", name_of(finding.level)},
                               {"undecided", finding.undecided},
                               {"reason", finding.reason}});
  return json::pretty(out);
}

}  // namespace

Result<std::string> evidence_text(const ProfileDiff& evidence, std::span<const Finding> findings,
                                  const Templates& templates, std::string_view form, const RenderOptions& options) {
  if (form == "json") return as_json(evidence, findings);
  const Phrases phrases(templates);
  if (form == "terminal") {
    const std::size_t columns = std::max(options.columns, k_narrowest_text);
    Data data = evidence_data(evidence, findings, phrases, {Medium::plain, k_rows, columns});
    put_marks(data);
    PW_TRY_ASSIGN(const std::string page, fill(templates, "profile.txt.mustache", data));
    return print_page(page, columns, options.color);
  }
  if (form == "markdown")
    return fill(templates, "profile.md.mustache",
                evidence_data(evidence, findings, phrases, {Medium::markdown, k_rows, 0}));
  if (form == "html")
    return fill(templates, "profile.html.mustache",
                evidence_data(evidence, findings, phrases, {Medium::html, k_rows, 0}));
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("unknown form of a profile: '{}'", text::one_line(form)),
               .hint = "one of: terminal, markdown, html, json"};
}

}  // namespace perfwarden::report
