#pragma once

#include <memory>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "store/store.hpp"

namespace perfwarden::app {

// The config's history, which must be there already. Error (usage) when it is not, or none is kept.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_history(World& world, const Config& config,
                                                                 store::Access access);
// There is nothing kept yet at the config's address.
[[nodiscard]] Error no_history(const Config& config);

}  // namespace perfwarden::app
