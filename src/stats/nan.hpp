#pragma once

#include <limits>

namespace perfwarden::stats {

inline constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();  // what cannot be known from the values given

}  // namespace perfwarden::stats
