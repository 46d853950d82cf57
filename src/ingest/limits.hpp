#pragma once

#include <cstddef>

// What a hostile benchmark output may cost at most.
namespace perfwarden::ingest {

inline constexpr std::size_t k_max_text_bytes = std::size_t{256} << 20;  // of one document
inline constexpr std::size_t k_max_name_bytes = 1024;                    // of a benchmark, metric, suite or unit name
inline constexpr std::size_t k_max_past_runs = 20'000;                   // of one file of history
inline constexpr std::size_t k_max_series = 100'000;                     // of one side
inline constexpr std::size_t k_max_values = 10'000'000;                  // of one side
inline constexpr std::size_t k_max_invocations = 100'000;                // of one series
inline constexpr std::size_t k_max_qualifiers = 8;                       // of one benchmark
inline constexpr int k_max_depth = 64;                                   // of XML
inline constexpr std::size_t k_max_line_bytes = 4096;                    // longer lines of text formats are ignored
inline constexpr std::size_t k_sniffed_bytes = std::size_t{64} << 10;    // of a text are read to guess its format
inline constexpr std::size_t k_most_log_bytes = std::size_t{32} << 20;   // before the results, when guessing
inline constexpr std::size_t k_max_notes = 100;                          // warnings of one document or side

}  // namespace perfwarden::ingest
