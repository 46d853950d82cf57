#pragma once

#include <string>

#include "model/config.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// Adds to the report which endpoints the changed functions serve, by the spans in `spans` (OTLP JSON; empty: the
// config's analysis.spans, and nothing where that is empty too). A file that cannot be read is a warning of the report.
void tell_endpoints(const std::string& spans, const Config& config, Report& report);

}  // namespace perfwarden::app
