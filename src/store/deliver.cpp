#include "store/deliver.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "store/driver.hpp"
#include "store/load.hpp"
#include "store/schema.hpp"

namespace perfwarden::store {
namespace {

Status save_at(const std::string& address, std::span<const RunRecord> records, const os::Patience& patience) {
  PW_TRY_ASSIGN(const std::unique_ptr<Store> store, open(address, Access::write, patience));
  PW_TRY(store->save(records));
  return Nothing{};
}

// The file is locked from the reading to the forgetting, so that what another process keeps meanwhile is not forgotten
// unsent. Killed in between, the runs are sent again, which changes nothing.
Result<std::size_t> send_unsent(const std::string& unsent, const std::string& address, const os::Patience& patience) {
  PW_TRY_ASSIGN(const Driver* driver, driver_of(unsent));
  PW_TRY_ASSIGN(const bool any, driver->exists(unsent, patience));
  if (!any) return std::size_t{0};
  PW_TRY_ASSIGN(const std::unique_ptr<Connection> file, driver->open(unsent, Access::write, patience));
  PW_TRY(file->check());
  PW_TRY(migrate(*file));
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(*file));
  PW_TRY_ASSIGN(const std::vector<std::int64_t> ids, run_ids(*file));
  if (ids.empty()) return std::size_t{0};
  std::vector<RunRecord> records;
  for (const std::int64_t id : ids) {
    PW_TRY_ASSIGN(RunRecord record, load(*file, id));
    records.push_back(std::move(record));
  }
  PW_TRY(save_at(address, records, patience));
  PW_TRY(file->execute("DELETE FROM runs; DELETE FROM stacks"));
  PW_TRY(transaction.commit());
  return records.size();
}

}  // namespace

Result<Delivery> deliver(const std::string& address, std::span<const RunRecord> records, const std::string& unsent,
                         const os::Patience& patience) {
  PW_TRY_ASSIGN(const Driver* driver, driver_of(address));
  const std::string file = "sqlite:" + unsent;
  Delivery out;
  Status saved = save_at(address, records, patience);
  if (!saved) {
    if (!driver->served || unsent.empty() || saved.error().kind != ErrorKind::store) return std::move(saved).error();
    PW_TRY(save_at(file, records, patience));
    out.kept_because = std::move(saved).error();
    return out;
  }
  if (!driver->served || unsent.empty()) return out;
  Result<std::size_t> late = send_unsent(file, address, patience);
  if (late)
    out.sent_late = *late;
  else
    out.still_unsent = std::move(late).error();
  return out;
}

}  // namespace perfwarden::store
