#include "app/history/commits.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::app {

bool is_sha(std::string_view commit) {
  constexpr std::size_t k_least = 7;
  return commit.size() >= k_least && std::all_of(commit.begin(), commit.end(), text::is_hex_digit);
}

std::string short_sha(const std::string& commit) {
  constexpr std::size_t k_digits = 10;
  return is_sha(commit) ? commit.substr(0, k_digits) : text::truncate(text::one_line(commit), k_digits);
}

}  // namespace perfwarden::app
