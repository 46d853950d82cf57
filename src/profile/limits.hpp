#pragma once

#include <cstddef>

// What a hostile profile may cost at most.
namespace perfwarden::profile {

inline constexpr std::size_t k_max_text_bytes = std::size_t{4} << 30;  // of one file, as it lies on disk
// Of one compressed file, unpacked: so many bytes, and so many times its size. Text of perf shrinks to a 30th, or a
// 100th where it repeats itself; what shrinks to a 1,000th was made to. Small files may grow by any factor.
inline constexpr std::size_t k_max_inflated_bytes = std::size_t{1} << 30;
inline constexpr std::size_t k_max_inflation = 100;
inline constexpr std::size_t k_small_inflated_bytes = std::size_t{32} << 20;
inline constexpr std::size_t k_max_nodes = std::size_t{1} << 26;  // of one call tree
inline constexpr std::size_t k_max_depth = 4096;                  // frames of one stack
inline constexpr std::size_t k_max_name_bytes = 16384;            // of a frame; longer ones are cut
inline constexpr std::size_t k_max_sample_types = 64;
inline constexpr std::size_t k_max_json_depth = 4096;                   // V8's heap profiles nest as deep as the stack
inline constexpr std::size_t k_max_json_values = std::size_t{1} << 26;  // of one text
inline constexpr std::size_t k_sniffed_bytes = std::size_t{64} << 10;
inline constexpr std::size_t k_max_notes = 100;  // warnings of one document

}  // namespace perfwarden::profile
