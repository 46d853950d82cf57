#include "os/files/place.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "os/files/file_error.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {
namespace {

constexpr int k_step = O_PATH | O_DIRECTORY;

std::vector<std::string> steps_of(const std::string& path) {
  std::vector<std::string> steps;
  for (const std::string_view step : text::split(path, '/'))
    if (!step.empty()) steps.emplace_back(step);
  return steps;
}

// How many of the steps from the root lead to the current folder, by whatever name; nullopt when they do not. The root
// is nobody's workspace.
std::optional<std::size_t> steps_to_workspace(const std::vector<std::string>& steps) {
  struct stat here {
  }, root{}, there{};
  const auto same = [](const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
  };
  if (::stat(".", &here) != 0 || ::stat("/", &root) != 0 || same(here, root)) return std::nullopt;
  std::string path;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    path += "/" + steps[i];
    if (::stat(path.c_str(), &there) != 0) return std::nullopt;
    if (same(here, there)) return i + 1;
  }
  return std::nullopt;
}

Error link_in_the_way(const std::string& path) {
  return {.kind = ErrorKind::io,
          .what = "this is a symbolic link, and nothing is written through links below the current folder",
          .where = text::one_line(path),
          .hint = "remove it, also from the repository, or name the folder that it leads to"};
}

}  // namespace

Result<UniqueFd> open_folder(const std::string& path, Missing missing) {
  if (has_nul(path) || path.empty()) return file_error(EINVAL, path, "open the folder");
  const std::vector<std::string> steps = steps_of(absolute_path(path));
  const std::optional<std::size_t> workspace = steps_to_workspace(steps);
  UniqueFd at(open_retrying(AT_FDCWD, workspace ? "." : "/", k_step));
  std::string reached = workspace ? "" : "/";
  for (std::size_t i = workspace.value_or(0); i < steps.size() && at; ++i) {
    const std::string& step = steps[i];
    reached += (reached.empty() || reached.ends_with('/') ? "" : "/") + step;
    const int flags = k_step | (workspace ? O_NOFOLLOW : 0);
    UniqueFd next(open_retrying(at.get(), step, flags));
    if (!next && errno == ENOENT && missing == Missing::made &&
        (::mkdirat(at.get(), step.c_str(), 0777) == 0 || errno == EEXIST))
      next.reset(open_retrying(at.get(), step, flags));
    if (!next) {
      const int number = errno;
      struct stat status {};
      if (workspace && ::fstatat(at.get(), step.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode))
        return link_in_the_way(reached);
      return file_error(number, reached, missing == Missing::made ? "make the folder" : "open the folder");
    }
    at = std::move(next);
  }
  if (!at) return file_error(errno, path, "open the folder");
  return at;
}

std::string real_path(const Place& place) {
  std::error_code code;
  const std::string folder =
      std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", place.folder.get()), code).string();
  return code ? place.path : (folder == "/" ? "" : folder) + "/" + place.name;
}

Result<Place> place_of(const std::string& path, Missing missing) {
  if (has_nul(path) || path.empty() || path.ends_with('/')) return file_error(EINVAL, path, "write");
  const std::string whole = absolute_path(path);
  const std::size_t slash = whole.find_last_of('/');
  const std::string folder = slash == 0 ? "/" : whole.substr(0, slash);
  PW_TRY_ASSIGN(UniqueFd opened, open_folder(folder, missing));
  return Place{std::move(opened), whole.substr(slash + 1), whole, steps_to_workspace(steps_of(folder)).has_value()};
}

}  // namespace perfwarden::os
