#include "app/history/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/history/lines.hpp"
#include "base/sink.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

namespace {

// Calls `take` with every run whose raw values are kept, oldest first; warns of the others.
template <class Take>
Status each_run(World& world, store::Store& store, Take take) {
  std::size_t pruned = 0;
  PW_TRY_ASSIGN(const std::vector<std::int64_t> ids, store.run_ids());
  for (const std::int64_t id : ids) {
    PW_TRY_ASSIGN(std::optional<store::RunRecord> record, store.record(id));
    if (record)
      PW_TRY(take(*std::move(record)));
    else
      ++pruned;
  }
  if (pruned > 0)
    warn(world, fmt::format("{} runs have no raw values any more, so they are not part of the copy", pruned));
  return Nothing{};
}

// Oldest first, so that what reads them keeps their order.
Result<std::vector<store::Event>> events_of(store::Store& store) {
  constexpr std::size_t k_most_events = 1'000'000;
  PW_TRY_ASSIGN(std::vector<store::Event> events, store.events(k_most_events));
  std::reverse(events.begin(), events.end());
  return events;
}

}  // namespace

Status export_history(World& world, store::Store& store, const std::string& output) {
  const auto write = [&](const Sink& put) -> Status {
    PW_TRY(each_run(world, store, [&](const store::RunRecord& record) -> Status {
      put(line_of(record) + "\n");
      return Nothing{};
    }));
    PW_TRY_ASSIGN(const std::vector<Alert> alerts, store.alerts());
    for (const Alert& alert : alerts) put(line_of(alert) + "\n");
    PW_TRY_ASSIGN(const std::vector<store::Event> events, events_of(store));
    for (const store::Event& event : events) put(line_of(event) + "\n");
    PW_TRY_ASSIGN(const std::vector<Deployment> deployments, store.deployments());
    for (const Deployment& deployment : deployments) put(line_of(deployment) + "\n");
    return Nothing{};
  };
  if (output.empty() || output == "-") return write([&](std::string_view piece) { world.console.out(piece); });
  return os::write_file_in_pieces(output, write);
}

Result<std::size_t> copy_history(World& world, store::Store& store, const std::string& address) {
  constexpr std::size_t k_copied_at_once = 20;  // runs in memory
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> copy, store::open(address, store::Access::write, patience(world)));
  std::size_t runs = 0;
  std::vector<store::RunRecord> some;
  const auto save = [&]() -> Status {
    PW_TRY(copy->save(some));
    runs += some.size();
    some.clear();
    return Nothing{};
  };
  PW_TRY(each_run(world, store, [&](store::RunRecord record) -> Status {
    some.push_back(std::move(record));
    return some.size() < k_copied_at_once ? Status(Nothing{}) : save();
  }));
  PW_TRY(save());
  PW_TRY_ASSIGN(const std::vector<Alert> alerts, store.alerts());
  PW_TRY(copy->save_alerts(alerts));
  PW_TRY_ASSIGN(const std::vector<store::Event> events, events_of(store));
  for (const store::Event& event : events) PW_TRY(copy->add_event(event));
  PW_TRY_ASSIGN(const std::vector<Deployment> deployments, store.deployments());
  PW_TRY(copy->add_deployments(deployments));
  return runs;
}

}  // namespace perfwarden::app
