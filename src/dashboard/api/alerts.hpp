#pragma once

#include <span>
#include <string>
#include <vector>

#include "dashboard/api/filter.hpp"
#include "dashboard/desk.hpp"
#include "model/alert.hpp"

namespace perfwarden::dashboard {

// Keys of the query language for alerts.
[[nodiscard]] const std::vector<std::string>& alert_keys();
// Whether an alert is what the terms ask for. Owners are looked up only for a term that names one.
[[nodiscard]] bool alert_matches(const Alert& alert, const std::vector<Term>& terms, Repository& repository);
// Alerts that may have one cause, as trend::groups_of says, by the commits of a branch.
[[nodiscard]] Result<std::vector<std::vector<std::size_t>>> groups_on(const Desk& desk, std::span<const Alert> alerts,
                                                                      const std::string& branch);

}  // namespace perfwarden::dashboard
