#pragma once

#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// Store::history of the kinds that follow from what runs measured.
[[nodiscard]] Result<std::vector<SeriesHistory>> function_shares(Connection& connection, const HistoryQuery& query);
[[nodiscard]] Result<std::vector<SeriesHistory>> ratings(Connection& connection, const HistoryQuery& query);

}  // namespace perfwarden::store
