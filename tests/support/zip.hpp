#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace perfwarden::support {

// A zip archive as upload-artifact writes them: sizes and checksums stand in the directory only. Each field may be made
// wrong.
struct ZipEntry {
  std::string name, bytes;
  std::uint32_t flags = 8;      // sizes follow the data
  std::uint32_t method = 8;     // deflated, as one stored block
  std::string local_name = "";  // empty = the same
  std::int64_t size = -1;       // -1 = the true one
  bool wrong_checksum = false;
};
[[nodiscard]] std::string make_zip(const std::vector<ZipEntry>& entries, const std::string& comment = "");

}  // namespace perfwarden::support
