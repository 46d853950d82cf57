#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "checkout/build_cache.hpp"

// The files of one entry of a BuildCache; read as hostile.
namespace perfwarden::checkout {

inline constexpr const char* k_files_folder = "/files";

struct Manifest {
  BuildKey key;
  BuildCache::Found facts;
  std::uint64_t bytes = 0;  // of the files below files/
  std::string list;         // sha256 of the list's text
};
[[nodiscard]] Result<Manifest> read_manifest(const std::string& entry);
// Error when it is not the list of this manifest, or names a path that is not below the worktree.
[[nodiscard]] Result<os::Tree> read_list(const std::string& entry, const Manifest& manifest);
// Writes the manifest and the list; fills in manifest.list.
[[nodiscard]] Status write_entry(const std::string& entry, Manifest manifest, const os::Tree& list);
[[nodiscard]] std::string list_text(const os::Tree& list);

}  // namespace perfwarden::checkout
