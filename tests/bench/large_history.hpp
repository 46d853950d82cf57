#pragma once

#include <cstddef>
#include <string>

// A history as a large project has one after years.
namespace perfwarden::bench {

// Prints the words and ends the program with 1.
[[noreturn]] void fail(const std::string& words);

// The hash of the commit that the run with this number measured.
[[nodiscard]] std::string commit_of(std::size_t run);

inline constexpr std::size_t k_alerts = 200;
inline constexpr std::size_t k_times_longer = 100;

// Makes a SQLite file of `series` series in `runs` runs of the branch main, numbered from 1, the newest of which have
// raw values and comparisons, and with alerts. On the branch "long", series 1 has k_times_longer times as many runs.
void make_large_history(const std::string& file, std::size_t series, std::size_t runs);

}  // namespace perfwarden::bench
