#include "app/history/remember.hpp"

#include <fmt/format.h>

#include <string>

#include "app/cli/messages.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/publication.hpp"
#include "base/hash.hpp"
#include "store/deliver.hpp"

namespace perfwarden::app {
namespace {

// One for each history. "" when there is no home.
std::string unsent_file(const os::Environment& environment, const std::string& history) {
  const std::string home = environment.get("HOME").value_or("");
  const std::string state = environment.get("XDG_STATE_HOME").value_or(home.empty() ? "" : home + "/.local/state");
  return state.empty() ? "" : fmt::format("{}/perfwarden/unsent-{}.db", state, hex16(fnv1a(history)));
}

}  // namespace

Status remember(World& world, const Config& config, std::span<const store::RunRecord> runs) {
  if (config.history.empty()) return Nothing{};
  const std::string unsent = unsent_file(world.environment, config.history);
  PW_TRY_ASSIGN(const store::Delivery sent, store::deliver(config.history, runs, unsent, patience(world)));
  if (config.history.starts_with("sqlite:.perfwarden/")) PW_TRY(work_folder());  // git ignores what is in it
  give_back(".perfwarden");
  if (sent.sent_late > 0)
    note(world, fmt::format("{} run{} that the history could not take earlier {} in it now", sent.sent_late,
                            sent.sent_late == 1 ? "" : "s", sent.sent_late == 1 ? "is" : "are"));
  if (sent.still_unsent) warn(world, sent.still_unsent->text());
  if (!sent.kept_because) return Nothing{};
  Error error = *sent.kept_because;
  error.hint = fmt::format("{}; this run is kept in {}, and the next run that finds the file there sends it",
                           error.hint, unsent);
  return error;
}

}  // namespace perfwarden::app
