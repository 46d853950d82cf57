#include "report/json_write.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {
namespace {

Result<std::string> render(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  // Names may hold bytes that are not UTF-8; they become U+FFFD.
  return to_json(report, templates).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer k_renderer_json{"json", "perfwarden.report/1: everything, for scripts and to be rendered again",
                                      "report.json", "application/json", render};

}  // namespace perfwarden::report
