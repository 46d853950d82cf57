#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Harnesses that write a folder of small files, such as criterion, are read from one text that holds them all, as `tail
// -v -n +1 FILE…` prints it: each file after a line "==> path <==".
namespace perfwarden::ingest {

struct BundledFile {
  std::string_view path, text;  // parts of the bundle
  int line = 1;                 // of the text's first line in the bundle
};

// Whether a harness that writes folders writes its results to a file of that path: criterion's new/benchmark.json,
// new/sample.json and new/estimates.json, gungraun's summary.json.
[[nodiscard]] bool is_result_file(std::string_view path);
[[nodiscard]] bool is_bundle(std::string_view text);  // begins with such a line
// The files of a bundle, or the whole text as one file of that name.
[[nodiscard]] std::vector<BundledFile> unbundle(std::string_view text, std::string_view name);
[[nodiscard]] std::string bundle(const std::vector<std::pair<std::string, std::string>>& files);  // (path, text)

}  // namespace perfwarden::ingest
