#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/span.hpp"

namespace perfwarden::ingest {

// The spans of OTLP's JSON (opentelemetry-proto, TracesData: resourceSpans, scopeSpans, spans), as the collector's file
// exporter writes it: one document, or one a line. Attributes are read by their names of before and after semantic
// conventions 1.20. At most a million spans. Error (parse) for a text that is not such JSON, or holds no span.
[[nodiscard]] Result<std::vector<Span>> read_otlp(std::string_view text, const std::string& file_name);

}  // namespace perfwarden::ingest
