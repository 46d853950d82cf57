#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/files.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/report.hpp"

namespace perfwarden::app {
namespace {

struct RenderAgainOptions {
  ReportOptions report;
  std::string file, templates;
};

Result<ExitCode> render_again(World& world, const RenderAgainOptions& options) {
  PW_TRY_ASSIGN(const std::string text, read_input(options.file));
  PW_TRY_ASSIGN(const Report report, report::read_json(text, options.file));
  PW_TRY_ASSIGN(const report::Templates templates, load_templates(TrustedFiles(world, ""), options.templates));
  return emit(world, report, templates, options.report);
}

Run declare_report(Verb& verb) {
  auto options = std::make_shared<RenderAgainOptions>();
  verb.add_option("report", options->file, "A report.json").required();
  add_report_options(verb, options->report);
  verb.add_option("--templates", options->templates, "Folder whose files replace built-in templates of the same name");
  return [options](World& world) { return render_again(world, *options); };
}

}  // namespace

extern const Command k_command_report{"report",
                                      "Render a report.json again in another form",
                                      declare_report,
                                      "  perfwarden report reports/SHA/report.json --format html -o report.html",
                                      {}};

}  // namespace perfwarden::app
