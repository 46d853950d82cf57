#pragma once

#include <array>
#include <string_view>

// Names that belong to other folders, which config may not include; a test keeps them equal to those folders' rows.
namespace perfwarden::config {

inline constexpr std::array<std::string_view, 6> k_parsers{"auto", "go-bench", "google-benchmark",
                                                           "json", "regex",    "time"};
// What `report.formats` may name: renderers that write a file.
inline constexpr std::array<std::string_view, 4> k_report_formats{"html", "json", "junit", "markdown"};

}  // namespace perfwarden::config
