#pragma once

#include <string>

#include "base/result.hpp"
#include "model/report.hpp"
#include "report/renderer.hpp"

namespace perfwarden::publish {

// The texts that notifiers send, within GitHub's limits.
struct Texts {
  std::string comment_markdown;
  std::string summary_markdown;
};

// Renders the report once for the comment (at most 60 000 characters of GitHub's 65 536, so that the
// marker fits) and once for the job summary (1 MiB).
[[nodiscard]] Result<Texts> render_texts(const Report& report, const report::Templates& templates);

}  // namespace perfwarden::publish
