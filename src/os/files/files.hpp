#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sink.hpp"

// Files: plain functions, not an interface; tests use real temporary folders. Paths are bytes. Errors are
// ErrorKind::io with the path in `where` and errno's words.
namespace perfwarden::os {

// Folders deeper than that are not walked into: each open one takes a descriptor.
inline constexpr int k_deepest_folder = 200;

inline constexpr std::size_t k_max_file_bytes = std::size_t{256} << 20;

[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes = k_max_file_bytes);
[[nodiscard]] bool exists(const std::string& path);
// Writes to a temporary name beside `path`, syncs, renames; makes missing parent folders. Readers never see a partial
// file. By the rule of place.hpp: nothing below the current folder is written through links. Removes what earlier
// writes into this folder left unfinished when they were killed.
[[nodiscard]] Status write_file(const std::string& path, std::string_view text);
// The same for a text that `make` writes to the sink in pieces; when `make` fails, the file is unchanged.
[[nodiscard]] Status write_file_in_pieces(const std::string& path, const std::function<Status(const Sink&)>& make);
[[nodiscard]] Status append_file(const std::string& path, std::string_view text);
[[nodiscard]] Status make_directories(const std::string& path);  // by the rule of place.hpp
// Removes the temporary files that killed writes left in this folder.
void sweep_unfinished(const std::string& folder);
[[nodiscard]] Result<std::vector<std::string>> list_directory(const std::string& path);  // names, sorted
[[nodiscard]] bool is_directory(const std::string& path);
// Regular files below a folder, as paths relative to it, sorted. Links are not followed. Error when there are more than
// `most`, or folders more than 32 deep.
[[nodiscard]] Result<std::vector<std::string>> list_files_below(const std::string& root, std::size_t most);
[[nodiscard]] Status remove_all(const std::string& path);
// A fresh folder of mode 0700 in `root`; "": in $TMPDIR, else in /tmp.
[[nodiscard]] Result<std::string> make_temporary_directory(const std::string& prefix, const std::string& root = "");
// Removes the temporary folders that killed runs of perfwarden left in `root` ("": as above): "perfwarden-…" of our
// user (as root, of anybody), into which nothing was put for two days.
void sweep_stale_temporaries(const std::string& root = "");
// Gives `path` and all below it to the owner of `like`, without following links (GitHub's runner
// must be able to delete what root in the container wrote: actions/runner#434). No-op when not
// root.
[[nodiscard]] Status give_to_owner_of(const std::string& path, const std::string& like);
[[nodiscard]] std::string absolute_path(const std::string& path);

// The file `name` below the folder `root`, both of which others may have written: a name or a link that leads out of
// `root` is an Error, and so is anything but a regular file. (On kernels before 5.6 every link is an Error.)
[[nodiscard]] Result<std::string> read_file_below(const std::string& root, const std::string& name,
                                                  std::size_t max_bytes = k_max_file_bytes);
// The size in bytes of such a file.
[[nodiscard]] Result<std::uint64_t> file_size_below(const std::string& root, const std::string& name);
// Removes such a file (a link itself, not what it points to). No Error when there is none.
[[nodiscard]] Status remove_file_below(const std::string& root, const std::string& name);

}  // namespace perfwarden::os
