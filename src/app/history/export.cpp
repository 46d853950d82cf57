#include "app/history/export.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/history/lines.hpp"
#include "base/sink.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

Status export_history(World& world, store::Store& store, const std::string& output) {
  std::size_t pruned = 0;
  const auto write = [&](const Sink& put) -> Status {
    PW_TRY_ASSIGN(const std::vector<std::int64_t> ids, store.run_ids());
    for (const std::int64_t id : ids) {
      PW_TRY_ASSIGN(const std::optional<store::RunRecord> record, store.record(id));
      if (record)
        put(line_of(*record) + "\n");
      else
        ++pruned;
    }
    PW_TRY_ASSIGN(const std::vector<Alert> alerts, store.alerts());
    for (const Alert& alert : alerts) put(line_of(alert) + "\n");
    return Nothing{};
  };
  const bool to_out = output.empty() || output == "-";
  PW_TRY(to_out ? write([&](std::string_view piece) { world.console.out(piece); })
                : os::write_file_in_pieces(output, write));
  if (pruned > 0)
    warn(world, fmt::format("{} runs have no raw values any more, so they are not part of the copy", pruned));
  return Nothing{};
}

}  // namespace perfwarden::app
