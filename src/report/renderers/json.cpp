#include "json/write.hpp"
#include "report/json/write.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {
namespace {

Result<std::string> render_json(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  // White space would double a large report.
  constexpr std::size_t k_most_indented = 200;
  if (report.comparisons.size() <= k_most_indented) return json::pretty(to_json(report, templates));
  return to_text(report, templates) + "\n";
}

}  // namespace

extern const Renderer k_renderer_json{"json", "perfwarden.report/1: everything, for scripts and for rendering again",
                                      "report.json", "application/json", render_json};

}  // namespace perfwarden::report
