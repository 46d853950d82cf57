#pragma once

#include "base/result.hpp"
#include "store/sql.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// As Store::prune; gives the room back.
[[nodiscard]] Result<Pruned> prune(Connection& connection, const Retention& retention);

}  // namespace perfwarden::store
