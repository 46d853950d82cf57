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
using Tree = std::vector<TreeEntry>;  // by path, so that a folder stands before what is in it

// The functions below are made for folders that strangers may have filled, and may be filling now: every step goes from
// an open folder, no link is followed at all. Errors are io, with the path in `where`.

// All that is below `root`, except for `root/.git`. Error for a socket, pipe or device, for what does not belong to the
// owner of `root`, for folders deeper than 200 and for more than a million entries.
[[nodiscard]] Result<Tree> read_tree(const std::string& root);

// Makes below `to` the folders of `entries` (those that are there already stay) and copies their files from the same
// paths below `from`; links are left out. What is made can be read by us alone. Error when a file is there already.
[[nodiscard]] Status copy_files(const std::string& from, const std::string& to, const Tree& entries);
// Makes the links of `entries`, and gives files and folders their permissions.
[[nodiscard]] Status make_links_and_modes(const std::string& root, const Tree& entries);
// Gives all of `entries` their times, as `make` and its like look at them.
[[nodiscard]] Status set_times(const std::string& root, const Tree& entries);
// Waits until all of the disk that `path` is on is written, so that nothing is written beside a benchmark.
void write_out(const std::string& path);

// Makes the folder `path`, for us alone (mode 0700), with missing parents, unless it is there; gives its canonical
// path. Error when others can write to it or replace it: it is not ours, a folder above it is not ours or root's, or
// one of them may be written to by others (a folder above with the sticky bit may: what is in it cannot be replaced).
[[nodiscard]] Result<std::string> make_private_folder(const std::string& path);

}  // namespace perfwarden::os
