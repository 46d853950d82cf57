#include "app/cli/vocabulary.hpp"

#include "ingest/format.hpp"
#include "report/renderer.hpp"

namespace perfwarden::app {

const config::Vocabulary& vocabulary() {
  static const config::Vocabulary words = [] {
    config::Vocabulary out;
    for (const ingest::Format* format : ingest::formats()) out.parsers.emplace_back(format->name);
    for (const report::Renderer* renderer : report::renderers())
      if (!renderer->file_name.empty()) out.report_formats.emplace_back(renderer->name);
    return out;
  }();
  return words;
}

}  // namespace perfwarden::app
