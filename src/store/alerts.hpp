#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"
#include "store/sql.hpp"

namespace perfwarden::store {

// As Store::alerts and Store::save_alerts.
[[nodiscard]] Result<std::vector<Alert>> load_alerts(Connection& connection);
[[nodiscard]] Result<std::size_t> save_alerts(Connection& connection, std::span<const Alert> alerts);

}  // namespace perfwarden::store
