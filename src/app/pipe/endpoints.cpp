#include "app/pipe/endpoints.hpp"

#include "app/cli/files.hpp"
#include "explain/endpoints.hpp"
#include "ingest/otlp.hpp"

namespace perfwarden::app {

void tell_endpoints(const std::string& spans, const Config& config, Report& report) {
  const std::string& file = spans.empty() ? config.analysis.spans : spans;
  if (file.empty()) return;
  const Result<std::string> text = read_input(file);
  const Result<std::vector<perfwarden::Span>> read =
      text ? ingest::read_otlp(*text, file) : Result<std::vector<perfwarden::Span>>(text.error());
  if (read)
    report.endpoints = explain::tie_endpoints(*read, report.evidence);
  else
    report.warnings.push_back({"spans", "no endpoint is named: " + read.error().text()});
}

}  // namespace perfwarden::app
