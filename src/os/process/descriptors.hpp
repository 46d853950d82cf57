#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"

namespace perfwarden::os {

// Reads an open file to its end; `path` is for messages. Error (io) past max_bytes, and for a folder.
[[nodiscard]] Result<std::string> read_descriptor(int fd, const std::string& path, std::size_t max_bytes);

// Writes all of it; 0 or errno.
[[nodiscard]] int write_fully(int fd, std::string_view text);

// Opens `name` below the open folder `root` step by step, following no link; works on every kernel. Empty
// with errno set on failure: EXDEV for ".." and absolute names, ELOOP or ENOTDIR for a link.
[[nodiscard]] UniqueFd open_without_links(int root, const std::string& name, int flags);

}  // namespace perfwarden::os
