#pragma once

#include <string_view>

namespace perfwarden {

// How much a broken budget hurts. Ordered: a larger one hurts more.
enum class Level { pass, warn, inconclusive, soft, hard };
[[nodiscard]] std::string_view name_of(Level level);  // "pass", "warn", "inconclusive", "soft", "hard"

}  // namespace perfwarden
