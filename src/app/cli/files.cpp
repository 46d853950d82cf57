#include "app/cli/files.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "ingest/bundle.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

// The result files of a folder, such as criterion's target/criterion, as one text.
Result<std::string> read_folder(const std::string& folder) {
  constexpr std::size_t k_most_files = 200'000;
  PW_TRY_ASSIGN(const std::vector<std::string> paths, os::list_files_below(folder, k_most_files));
  std::vector<std::pair<std::string, std::string>> files;
  std::size_t bytes = 0;
  for (const std::string& path : paths) {
    if (!ingest::is_result_file(path)) continue;
    PW_TRY_ASSIGN(std::string text, os::read_file_below(folder, path));
    bytes += text.size();
    if (bytes > os::k_max_file_bytes)
      return wrong_usage(fmt::format("'{}' holds more than {} MiB of results", folder, os::k_max_file_bytes >> 20),
                         "give the folders below it one by one");
    files.emplace_back(fmt::format("{}/{}", folder, path), std::move(text));
  }
  if (files.empty())
    return wrong_usage(
        "there are no results in the folder '" + folder + "'",
        "give criterion's target/criterion, gungraun's target/gungraun with summary.json files, or a file");
  return ingest::bundle(files);
}

}  // namespace

Result<std::string> read_input(const std::string& path) {
  Result<std::string> text = os::read_file(path);
  if (!text) text.error().kind = ErrorKind::usage;
  return text;
}

Result<std::string> read_outputs(const std::string& path) {
  return os::is_directory(path) ? read_folder(path) : read_input(path);
}

Result<Samples> read_samples(const std::string& path) {
  PW_TRY_ASSIGN(const std::string text, read_input(path));
  return ingest::parse_samples(text, path);
}

Status write_result(World& world, const std::string& path, std::string_view text) {
  if (!path.empty() && path != "-") return os::write_file(path, text);
  world.console.out(text);
  return Nothing{};
}

}  // namespace perfwarden::app
