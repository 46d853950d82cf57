#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/profile.hpp"

namespace perfwarden::profile {

// A Document is one profiler output to read, inflated.
struct Document {
  std::string_view text;  // bytes; lives at least as long as the reading
  std::string name;       // file name, for messages
};

// A Format is one row of profile/formats: one profiler output that perfwarden reads.
struct Format {
  std::string_view name;     // kebab-case, as in `--format perf-script`
  std::string_view summary;  // one line for --help and the documents
  // How certainly the first 64 KiB are of this format: 0 = no, 100 = certain. At most one format returns > 0 for a
  // text.
  int (*sniff)(std::string_view head);
  Result<Profile> (*read)(const Document& document);
};

// Generated from the file names in profile/formats; sorted by name.
[[nodiscard]] std::span<const Format* const> formats();
[[nodiscard]] const Format* find_format(std::string_view name);

}  // namespace perfwarden::profile
