#pragma once

#include "base/names.hpp"

namespace perfwarden {

// How much a broken budget hurts. Ordered: a larger one hurts more.
enum class Level { pass, warn, inconclusive, soft, hard };
template <>
inline constexpr Names<Level, 5> k_names<Level>{{{"pass", Level::pass},
                                                 {"warn", Level::warn},
                                                 {"inconclusive", Level::inconclusive},
                                                 {"soft", Level::soft},
                                                 {"hard", Level::hard}}};

}  // namespace perfwarden
