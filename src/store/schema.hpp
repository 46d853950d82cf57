#pragma once

#include "base/result.hpp"
#include "store/sql.hpp"

namespace perfwarden::store {

[[nodiscard]] Result<bool> has_newest_schema(Connection& connection);
// Migrates the schema to the newest version. Error for a newer schema, and for another program's database.
[[nodiscard]] Status migrate(Connection& connection);

}  // namespace perfwarden::store
