#pragma once

#include <string>

#include "report/page/page.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

// "exit 1: a gate failed": what the process will end with, from options.exit_code, else as far as the report tells;
// empty when it does not tell (no baseline: the policy is not in the report).
[[nodiscard]] std::string exit_note(const Report& report, const RenderOptions& options, const Phrases& phrases);

}  // namespace perfwarden::report
