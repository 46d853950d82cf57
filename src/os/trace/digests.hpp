#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "model/trace.hpp"

struct stat;

namespace perfwarden::os {

[[nodiscard]] FileSignature signature_of(const struct stat& info);
// Follows links; nullopt when there is no such file, or nothing that may be looked at.
[[nodiscard]] std::optional<FileSignature> signature_of(const std::string& path);

// A time in nanoseconds since 1970 that separates files: those changed before this call have an earlier time (or this
// one), those changed after it a later one. Waits for a tick of the kernel's clock, some milliseconds.
[[nodiscard]] std::int64_t file_time_now();

// Below /proc, /sys or /dev: not a file on a disk, and different at every look.
[[nodiscard]] bool is_of_the_kernel(std::string_view path);

// Digests remembers the digest of every file that it has read, as long as the file's signature stays.
class Digests {
 public:
  // What a path is now: its kind, signature and digest (TracedFile's); links are followed unless `link_itself`. The
  // digest is empty where a file is larger than a gibibyte or may not be read, and once 16 GiB were read.
  [[nodiscard]] TracedFile look(const std::string& path, bool link_itself = false);
  // Of a file whose signature is known. Empty as above, and when the file is another by now.
  [[nodiscard]] std::string of_file(const std::string& path, const FileSignature& signature);
  // Of the sorted names in a folder.
  [[nodiscard]] static std::string of_folder(const std::string& path);

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;

  std::mutex mutex_;
  std::uint64_t left_bytes_ = std::uint64_t{16} << 30;  // that are still read, whoever names the files
  std::map<Key, std::string> known_;
};

}  // namespace perfwarden::os
