#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::os {

// A TreeEntry is one thing below a folder.
struct TreeEntry {
  enum class Kind { folder, file, link };
  Kind kind = Kind::file;
  std::string path;              // below the folder; bytes, no leading '/'
  unsigned mode = 0;             // permission bits; set-user-id and the like are never kept. 0 for links
  std::uint64_t bytes = 0;       // of a file
  std::int64_t modified_ns = 0;  // since 1970
  std::string content;           // sha256 of a file's bytes; what a link points to
  friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};
using Tree = std::vector<TreeEntry>;  // by path, so that a folder comes before its contents

// The functions below are safe for folders that others have written or are writing: every step starts from an open
// folder, and no link is followed. Errors are io, with the path in `where`.

// All that is below `root`, except for `root/.git`. Error for a socket, pipe or device, for an entry that does not
// belong to the owner of `root`, for folders deeper than 200 and for more than a million entries.
[[nodiscard]] Result<Tree> read_tree(const std::string& root);

// Makes below `to` the folders of `entries` (those that are there already stay) and copies their files from the same
// paths below `from`; links are skipped. The copies are readable only by this user. Error when a file already exists.
[[nodiscard]] Status copy_files(const std::string& from, const std::string& to, const Tree& entries);
// Makes the links of `entries`, and gives files and folders their permissions.
[[nodiscard]] Status make_links_and_modes(const std::string& root, const Tree& entries);
// Sets the times of all `entries`, for tools such as `make` that compare them.
[[nodiscard]] Status set_times(const std::string& root, const Tree& entries);
// Waits until all of the disk that `path` is on is written, so that nothing is written while a benchmark runs.
void write_out(const std::string& path);

// Makes the folder `path`, for this user alone (mode 0700), with missing parents, unless it exists; returns its
// canonical path. Error when others can write to it or replace it: it is not ours, a folder above it is not ours or
// root's, or one of them may be written to by others (a folder above with the sticky bit may: what is in it cannot be
// replaced).
[[nodiscard]] Result<std::string> make_private_folder(const std::string& path);

}  // namespace perfwarden::os
