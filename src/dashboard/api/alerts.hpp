#pragma once

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

}  // namespace perfwarden::dashboard
