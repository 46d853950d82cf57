#include "report/renderer.hpp"
#include "report/view/view.hpp"

namespace perfwarden::report {
namespace {

// Above this many series only the worst get a block of their own; the table has them all.
constexpr std::size_t k_most_blocks = 1000;
constexpr std::size_t k_most_functions = 25;  // rows of a profile's tables

Result<std::string> render_html(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  const Phrases phrases(templates);
  ViewOptions options;
  options.medium = Medium::html;
  options.pictures = true;
  options.details = k_most_blocks;
  PW_TRY_ASSIGN(Page block, Page::open(templates, "benchmark.html.mustache"));
  options.block = [&block](const Data& detail) { return block.fill(detail); };
  PW_TRY_ASSIGN(Page profile, Page::open(templates, "profile.html.mustache"));
  options.profile = [&profile](const Data& names) { return profile.fill(names); };
  options.functions = k_most_functions;
  return fill(templates, "report.html.mustache", make_view(report, phrases, options));
}

}  // namespace

extern const Renderer k_renderer_html{"html", "one self-contained page with pictures of every benchmark", "report.html",
                                      "text/html", render_html};

}  // namespace perfwarden::report
