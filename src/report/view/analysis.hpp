#pragma once

#include <string>
#include <vector>

#include "model/analysis.hpp"
#include "model/hypothesis.hpp"
#include "report/page/medium.hpp"
#include "report/page/page.hpp"

namespace perfwarden::report {

// One entry on one line: "main.process: 8.0% -> 16.4% (8.4% regression)", "core/parse [cpu_time]: 12.4 ms -> 13.3 ms
// (7.0% regression)". Scripts read this form.
[[nodiscard]] std::string entry_text(Medium medium, const AnalysisEntry& entry);

// Which requests changed functions serve, as the list `endpoints` of templates.
[[nodiscard]] List endpoint_list(Medium medium, const std::vector<EndpointTie>& ties);

// Hypotheses as the list `why` of templates; `first`: the likeliest of its benchmark.
[[nodiscard]] List why_list(Medium medium, const std::vector<Hypothesis>& hypotheses);

// What a model said, as `model` of templates: `shown`, `source`, `summary`, `recommendations`, `dropped`.
[[nodiscard]] Data model_data(Medium medium, const Assistance& assistance);

// The analysis as the data that templates are filled with; names in templates/README.md.
[[nodiscard]] Data analysis_data(Medium medium, const Analysis& analysis, const Phrases& phrases);

}  // namespace perfwarden::report
