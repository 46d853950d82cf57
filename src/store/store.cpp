#include "store/store.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/driver.hpp"
#include "store/schema.hpp"
#include "store/sql_store.hpp"

namespace perfwarden::store {

Result<const Driver*> driver_of(const std::string& address) {
  std::string examples;
  for (const Driver* driver : drivers()) {
    if (address.starts_with(driver->scheme) && address.size() > driver->scheme.size()) return driver;
    examples += (examples.empty() ? "" : " or ") + std::string(driver->example);
  }
  return Error{.kind = ErrorKind::config,
               .what = fmt::format("'{}' is not the address of a history", text::one_line(address)),
               .hint = fmt::format("write `history:` with an address such as {}", examples)};
}

Result<std::int64_t> Store::save(const RunRecord& record) {
  PW_TRY_ASSIGN(const std::vector<std::int64_t> ids, save(std::span(&record, 1)));
  return ids.front();
}

Result<std::vector<Bump>> bumps_of(Store& store) {
  constexpr std::size_t k_most_events = 100'000;
  PW_TRY_ASSIGN(const std::vector<Event> events, store.events(k_most_events));
  std::vector<Bump> out;
  for (const Event& event : events)
    if (event.kind == k_bumped) out.push_back({event.commit, event.time, event.subject, event.who, event.reason});
  return out;
}

Result<bool> exists(const std::string& address) {
  PW_TRY_ASSIGN(const Driver* driver, driver_of(address));
  return driver->exists(address, {});
}

namespace {

Result<std::unique_ptr<Store>> open_connection(std::unique_ptr<Connection> connection, Access access) {
  if (access == Access::read) {
    PW_TRY_ASSIGN(const bool newest, has_newest_schema(*connection));
    if (!newest) {
      PW_TRY_ASSIGN(connection, connection->copy());
    }
  }
  PW_TRY(migrate(*connection));
  return sql_store(std::move(connection));
}

}  // namespace

Result<std::unique_ptr<Store>> open(const std::string& address, Access access, const os::Patience& patience) {
  PW_TRY_ASSIGN(const Driver* driver, driver_of(address));
  PW_TRY_ASSIGN(std::unique_ptr<Connection> connection, driver->open(address, access, patience));
  PW_TRY(connection->check());
  return open_connection(std::move(connection), access);
}

Result<std::unique_ptr<Store>> open_at_once(const std::string& address, Access access, const os::Patience& patience) {
  PW_TRY_ASSIGN(const Driver* driver, driver_of(address));
  PW_TRY_ASSIGN(std::unique_ptr<Connection> connection, driver->open(address, access, patience));
  return open_connection(std::move(connection), access);
}

}  // namespace perfwarden::store
