#include "github/command_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "os/files/files.hpp"

namespace perfwarden::github {
namespace {
namespace fs = std::filesystem;

// GITHUB_EVENT_PATH is read again by every later step: it says which pull request and which base commit that is about.
constexpr std::array k_variables{"GITHUB_OUTPUT",       "GITHUB_ENV",   "GITHUB_PATH",
                                 "GITHUB_STEP_SUMMARY", "GITHUB_STATE", "GITHUB_EVENT_PATH"};
// The runner's folder for them, on the host and as a container action sees it (actions/runner 2.336,
// FileCommandManager).
constexpr std::array k_folders{"_runner_file_commands", "file_commands"};

bool is_link_or_file(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

std::string in_folder(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

}  // namespace

CommandFiles::Content CommandFiles::content_of(const std::string& path) {
  Content content{is_link_or_file(path), std::nullopt};
  const fs::path split(path);
  // Not by a plain read: a pipe that was put there would never end.
  if (Result<std::string> text = os::read_file_below(split.parent_path().string(), split.filename().string()); text)
    content.text = std::move(*text);
  return content;
}

CommandFiles CommandFiles::look(const os::Environment& environment) {
  CommandFiles out;
  for (const char* variable : k_variables) {
    const std::optional<std::string> path = environment.get(variable);
    if (!path || !path->starts_with('/')) continue;
    out.files_[*path] = content_of(*path);
    const fs::path folder = fs::path(*path).parent_path();
    if (std::find(k_folders.begin(), k_folders.end(), folder.filename()) != k_folders.end())
      out.folders_.insert(folder.string());
  }
  if (const std::optional<std::string> temporary = environment.get("RUNNER_TEMP"); temporary) {
    const std::string folder = in_folder(*temporary, k_folders[0]);
    if (os::is_directory(folder)) out.folders_.insert(folder);
  }
  for (const std::string& folder : out.folders_)
    for (const std::string& name : os::list_directory(folder).value_or({}))
      out.files_.try_emplace(in_folder(folder, name), content_of(in_folder(folder, name)));
  return out;
}

Status CommandFiles::restore(const std::string& path, const Content& before) {
  if (!before.text) return os::remove_all(path);
  // What is not a file is removed first: a pipe would be written through, and never end.
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(path, ignored))) PW_TRY(os::remove_all(path));
  PW_TRY(os::write_file(path, *before.text));
  return os::give_to_owner_of(path, fs::path(path).parent_path().string());
}

Status CommandFiles::put_back() const {
  std::map<std::string, Content> wanted = files_;
  for (const std::string& folder : folders_)
    for (const std::string& name : os::list_directory(folder).value_or({}))
      wanted.try_emplace(in_folder(folder, name));  // was not there
  std::optional<Error> found;
  for (const auto& [path, before] : wanted) {
    if (content_of(path) == before) continue;
    const Status restored = restore(path, before);
    if (found) continue;
    found = Error{.kind = ErrorKind::benchmark,
                  .what = "code that was built or measured changed a file by which a step commands GitHub's runner",
                  .where = path,
                  .hint =
                      "remove what writes to GITHUB_OUTPUT, GITHUB_ENV and the like from the build and the "
                      "benchmarks; the file is as it was before them"};
    if (!restored)
      found->hint = "remove what writes there from the build and the benchmarks; the file could not be put back (" +
                    restored.error().what + "), so do not trust this job's outputs";
  }
  if (found) return *std::move(found);
  return Nothing{};
}

}  // namespace perfwarden::github
