#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::github {

// The entry called exactly `name` of a zip archive (PKWARE's APPNOTE 6.3.10; stored or deflated), in memory: nothing is
// written, and no other entry is looked into. The archive is hostile. Error (parse) when there is no such entry or more
// than one; when it is encrypted, of another disk or in zip64 form; when its two headers differ; when it holds more
// than `most_bytes`; or when its length or checksum is wrong.
[[nodiscard]] Result<std::string> read_zip_entry(std::string_view zip, std::string_view name, std::size_t most_bytes);
// The same, but nullopt when there is no such entry.
[[nodiscard]] Result<std::optional<std::string>> read_zip_entry_if_any(std::string_view zip, std::string_view name,
                                                                       std::size_t most_bytes);

}  // namespace perfwarden::github
