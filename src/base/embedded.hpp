#pragma once

#include <span>
#include <string_view>

namespace perfwarden {

// An EmbeddedText is a file that the build put into the binary (src/embed.cmake).
struct EmbeddedText {
  std::string_view name;  // file name without folder
  std::string_view text;
};

}  // namespace perfwarden
