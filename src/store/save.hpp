#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "store/sql.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// As Store::save. The number of prepared statements does not grow with what is saved.
[[nodiscard]] Result<std::vector<std::int64_t>> save(Connection& connection, std::span<const RunRecord> records);

}  // namespace perfwarden::store
