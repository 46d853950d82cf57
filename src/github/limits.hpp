#pragma once

#include <cstddef>

// What hostile data from GitHub may cost at most. An artifact, as any answer, is bounded by net::CurlOptions.
namespace perfwarden::github {

inline constexpr std::size_t k_max_event_bytes = std::size_t{32} << 20;  // of the file of the runner's event
inline constexpr std::size_t k_max_zip_entries = 10'000;                 // of an artifact

}  // namespace perfwarden::github
