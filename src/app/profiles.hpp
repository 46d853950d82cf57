#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/command.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

// What the verbs of `perfwarden profile` share.
namespace perfwarden::app {

// The verbs below `profile`: one file each in app/profile_verbs. Generated; sorted by name.
[[nodiscard]] std::span<const Command* const> profile_verbs();

// Reads the profile in a file ("-": standard input), by a row of profile/formats or "auto".
[[nodiscard]] Result<Profile> read_profile(const std::string& path, std::string_view format = "auto");

// Writes what a verb made: to `path`, or to standard output when that is empty or "-".
[[nodiscard]] Status write_result(World& world, const std::string& path, std::string_view text);

}  // namespace perfwarden::app
