#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::app {

// A BaselineUpdate is one time that a committed profile was replaced, and why.
struct BaselineUpdate {
  std::string reason;  // hostile text: a file of the repository
  std::string commit, time;
  double samples = 0;
  std::string digest;  // 16 hex digits over the profile's text
};

// What is kept beside a committed profile, in `<profile>.json` (perfwarden.profile-baseline/1): its updates, newest
// first, at most k_most_updates. Empty when there is no such file. Error (parse) for a broken one.
inline constexpr std::size_t k_most_updates = 100;
[[nodiscard]] Result<std::vector<BaselineUpdate>> read_updates(const std::string& profile);
[[nodiscard]] Status write_updates(const std::string& profile, const std::vector<BaselineUpdate>& updates);
[[nodiscard]] std::string digest_of(std::string_view text);

}  // namespace perfwarden::app
