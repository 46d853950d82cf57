#pragma once

#include <string>
#include <vector>

namespace perfwarden::tidy {

// Returns what is wrong with the sources below `root`/src, sorted: "src/stats/oops.cpp:1: error: <curl/curl.h> belongs
// to net". Checked are the tables of layers.cpp: which folder may include which, who owns a third-party header, and who
// may use a word.
[[nodiscard]] std::vector<std::string> faults_below(const std::string& root);

// Sources over `limit` lines: "src/report/view/view.cpp: 612 lines". Told, not failed.
[[nodiscard]] std::vector<std::string> long_files_below(const std::string& root, std::size_t limit);

// Folders of src/ whose sources exceed a trivial size and that have no test in tests/unit or tests/integration.
[[nodiscard]] std::vector<std::string> untested_folders(const std::string& root);

}  // namespace perfwarden::tidy
