#pragma once

#include "base/result.hpp"
#include "store/sql.hpp"

namespace perfwarden::store {

// Brings the schema to the newest version. A newer one, and a database of another program, are refused.
[[nodiscard]] Status migrate(Connection& connection);

}  // namespace perfwarden::store
