#pragma once

#include <memory>

#include "store/sql.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// The Store over a database whose schema is the newest.
[[nodiscard]] std::unique_ptr<Store> sql_store(std::unique_ptr<Connection> connection);

}  // namespace perfwarden::store
