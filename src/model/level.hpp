#pragma once

#include "base/names.hpp"

namespace perfwarden {

// How severe a broken budget is. Ordered: a larger level is more severe.
enum class Level { pass, warn, inconclusive, soft, hard };
template <>
inline constexpr Names<Level, 5> k_names<Level>{{{"pass", Level::pass},
                                                 {"warn", Level::warn},
                                                 {"inconclusive", Level::inconclusive},
                                                 {"soft", Level::soft},
                                                 {"hard", Level::hard}}};

}  // namespace perfwarden
