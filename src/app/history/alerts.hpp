#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "app/history/background.hpp"
#include "app/history/deployments.hpp"
#include "base/result.hpp"
#include "model/alert.hpp"
#include "store/store.hpp"
#include "trend/alerts.hpp"

namespace perfwarden::app {

// Which series are looked at, and for what.
struct AlertSearch {
  std::string series = "**";  // glob of suite/benchmark/metric
  std::string branch;
  std::size_t runs = 400;  // of each series, the newest
  trend::AlertOptions options;
};

// Looks for changes of level in the history and saves what becomes of them: returns the alerts that are new or that got
// an event. For each new one, the series as it was then is written to .perfwarden/alerts/FINGERPRINT.json.
[[nodiscard]] Result<std::vector<Alert>> find_alerts(store::Store& store, const AlertSearch& search);

// What a repository knows of the range of an alert. Empty where git does not know the commits.
struct Origins {
  std::vector<std::string> suspects;  // "9be01d4aaa Subject", newest first, at most 10
  std::size_t commits = 0;            // in the range
  std::vector<std::string> owners;    // of the files that changed in it, by CODEOWNERS
  std::vector<Shipment> shipments;    // with which its commits were deployed
  std::vector<std::string> rivals;    // what else changed in it, in words; known without git too
};
[[nodiscard]] Origins origins_of(World& world, const CommitRange& range, const Background& background);

// Alerts in groups of what may have one cause, with suspects, owners and the line that searches for the commit.
[[nodiscard]] std::string alerts_text(World& world, const std::vector<Alert>& shown, const std::vector<Alert>& all,
                                      const Background& background);
[[nodiscard]] std::string alerts_json(World& world, const std::vector<Alert>& shown, const std::vector<Alert>& all,
                                      const Background& background);

}  // namespace perfwarden::app
