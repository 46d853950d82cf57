#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/command.hpp"
#include "base/result.hpp"
#include "base/sink.hpp"
#include "model/profile.hpp"

// What the verbs of `perfwarden profile` share.
namespace perfwarden::app {

// The verbs below `profile`: one file each in app/profile_verbs. Generated; sorted by name.
[[nodiscard]] std::span<const Command* const> profile_verbs();

// Reads the profile in a file ("-": standard input), or behind an address (app/profile/remote.hpp), by a row of
// profile/formats or "auto".
[[nodiscard]] Result<Profile> read_profile(World& world, const std::string& path, std::string_view format = "auto");

// The recordings of one side: those in each file or address or, of a folder, in each of its files, sorted by name.
// Error (usage) for a folder without files, or with more than a thousand.
[[nodiscard]] Result<std::vector<Profile>> read_recordings(World& world, const std::vector<std::string>& paths,
                                                           std::string_view format = "auto");

// Writes the pieces that `make` hands to the sink: to `path`, or to standard output when `path` is empty or "-". For a
// text in one piece: write_result of app/cli/files.hpp.
[[nodiscard]] Status write_result_in_pieces(World& world, const std::string& path,
                                            const std::function<Status(const Sink&)>& make);

}  // namespace perfwarden::app
