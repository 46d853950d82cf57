#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "model/report.hpp"
#include "report/renderer.hpp"

// Stores, keeps as baseline and publishes a finished check.
namespace perfwarden::app {

// Who accepted soft findings on this pull request; empty outside one, without a token, or when GitHub cannot be asked
// (then warned).
[[nodiscard]] Override find_override(World& world, const RunContext& context, const Config& config);

// Saves to the history, and a good run of the baseline branch as baseline unless it is not `whole`: did not measure all
// that the config names. False when one of them failed (then warned): exit 6.
[[nodiscard]] bool keep(World& world, const Report& report, const Samples& head, const Config& config, bool whole);

// Sends the report by every notifier. False when a notifier failed (then warned): exit 6.
[[nodiscard]] bool publish(World& world, const Report& report, const Config& config, const report::Templates& templates,
                           const std::string& directory);

// Where templates are read from: a pull request's own are not trusted, so base's checkout, or none when there is no
// checkout.
[[nodiscard]] std::string templates_directory(const Config& config, bool from_base, const std::string& base_directory);

// Gives what root wrote to the workspace's owner, so that the next checkout on the runner can delete it.
void give_back(const std::string& directory);

}  // namespace perfwarden::app
