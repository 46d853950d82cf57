#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/report.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

// A ProfileDiff on its own, without a benchmark: "terminal", "markdown", "html" (a fragment) or "json"
// (perfwarden.profile/1). Error (usage) for another form.
[[nodiscard]] Result<std::string> evidence_text(const ProfileDiff& evidence, std::span<const Finding> findings,
                                                const Templates& templates, std::string_view form,
                                                const RenderOptions& options);

}  // namespace perfwarden::report
