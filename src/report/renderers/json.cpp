#include "report/json/write.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {
namespace {

Result<std::string> render_json(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  // White space would double a large report. Names may hold bytes that are not UTF-8; they become U+FFFD.
  constexpr std::size_t k_most_indented = 200;
  const int indent = report.comparisons.size() <= k_most_indented ? 2 : -1;
  return to_json(report, templates).dump(indent, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer k_renderer_json{"json", "perfwarden.report/1: everything, for scripts and to be rendered again",
                                      "report.json", "application/json", render_json};

}  // namespace perfwarden::report
