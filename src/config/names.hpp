#pragma once

#include <array>
#include <string_view>

// Names that belong to other folders, which config may not include; a test keeps them equal to those folders' rows.
namespace perfwarden::config {

inline constexpr std::array<std::string_view, 29> k_parsers{"auto",
                                                            "asv",
                                                            "benchmark-dotnet",
                                                            "benchmark-ips",
                                                            "benchmark-js",
                                                            "bmf",
                                                            "catch2",
                                                            "criterion",
                                                            "csv",
                                                            "dart",
                                                            "github-action-benchmark",
                                                            "go-bench",
                                                            "google-benchmark",
                                                            "gungraun",
                                                            "hyperfine",
                                                            "jmh",
                                                            "json",
                                                            "julia",
                                                            "k6",
                                                            "libtest",
                                                            "mitata",
                                                            "nanobench",
                                                            "pytest-benchmark",
                                                            "regex",
                                                            "swift-benchmark",
                                                            "time",
                                                            "tinybench",
                                                            "tsv",
                                                            "vitest"};
// What `report.formats` may name: renderers that write a file.
inline constexpr std::array<std::string_view, 4> k_report_formats{"html", "json", "junit", "markdown"};

}  // namespace perfwarden::config
