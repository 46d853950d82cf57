#pragma once

#include <limits>

namespace perfwarden::stats {

inline constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();  // what the values given cannot determine

}  // namespace perfwarden::stats
