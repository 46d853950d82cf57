#pragma once

#include "app/cli/world.hpp"
#include "model/config.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// Asks the AI endpoint, if one is configured, what it makes of the report, and puts what survives the check into
// report.assistance; the verdict and everything else stay as they are. The endpoint is analysis.ai.endpoint or
// AI_ANALYSIS_ENDPOINT. Nothing is sent for a pull request of a fork. What is sent is written to ai_request.json in
// `directory` first. Whatever fails is a sentence in assistance.problem.
void assist(World& world, const Config& config, const std::string& directory, Report& report);

}  // namespace perfwarden::app
