#include "app/history/open.hpp"

#include "app/cli/messages.hpp"

namespace perfwarden::app {

Result<std::unique_ptr<store::Store>> open_history(World& world, const Config& config, store::Access access) {
  bool kept = false;
  if (!config.history.empty()) {
    PW_TRY_ASSIGN(kept, store::exists(config.history));  // opening would make it
  }
  if (kept) return store::open(config.history, access, patience(world));
  return no_history(config);
}

Error no_history(const Config& config) {
  return Error{.kind = ErrorKind::usage,
               .what = "there is no history to look at",
               .where = config.history,
               .hint = "run `perfwarden check` first, or restore the cached history"};
}

}  // namespace perfwarden::app
