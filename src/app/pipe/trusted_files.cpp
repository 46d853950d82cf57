#include "app/pipe/trusted_files.hpp"

#include <filesystem>
#include <optional>

#include "app/cli/files.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {
namespace fs = std::filesystem;

// The path from the repository's root, as written or, when `real`, with all links of the checkout followed; nullopt
// when it leads out.
std::optional<std::string> inside(const checkout::Git& git, const std::string& path, bool real) {
  const Result<std::string> top = git.top_level();
  if (!top) return std::nullopt;
  std::error_code failed;
  fs::path name =
      fs::path(path).is_absolute() ? fs::path(path).lexically_relative(*top) : fs::path(git.prefix()) / path;
  if (real)
    name = fs::weakly_canonical(os::absolute_path(path), failed).lexically_relative(fs::weakly_canonical(*top, failed));
  std::string found = name.lexically_normal().string();
  while (found.ends_with('/')) found.pop_back();
  if (failed || found.empty() || found == "." || found == ".." || found.starts_with("../")) return std::nullopt;
  return found;
}

Result<bool> is_tracked(const checkout::Git& git, const std::string& path) {
  PW_TRY_ASSIGN(const std::string top, git.top_level());
  for (const bool real : {false, true}) {
    const std::optional<std::string> name = inside(git, path, real);
    if (!name) continue;
    PW_TRY_ASSIGN(const bool tracked, git.in(top).tracks(*name));
    if (tracked) return true;
  }
  return false;
}

Error brought_by_head(const std::string& path) {
  return {.kind = ErrorKind::config,
          .what = "the base commit has no " + text::one_line(path) + ", and what a change brings does not judge it",
          .hint = "it counts once it is merged"};
}

}  // namespace

Result<std::optional<std::string>> TrustedFiles::of_base(const std::string& path) const {
  if (base_sha_.empty()) return std::optional<std::string>();
  const checkout::Git git = repository(world_);
  if (const std::optional<std::string> name = inside(git, path, false)) {
    PW_TRY_ASSIGN(const bool there, git.has_file(base_sha_, *name));
    if (there) {
      PW_TRY_ASSIGN(std::string text, git.show(base_sha_, *name));
      return std::optional(std::move(text));
    }
  }
  PW_TRY_ASSIGN(const bool tracked, is_tracked(git, path));
  if (tracked) return brought_by_head(path);
  return std::optional<std::string>();
}

Result<std::string> TrustedFiles::read(const std::string& path, std::size_t most_bytes) const {
  PW_TRY_ASSIGN(std::optional<std::string> of_the_base, of_base(path));
  return of_the_base ? *std::move(of_the_base) : os::read_file_below(".", path, most_bytes);
}

Result<std::string> TrustedFiles::read_anywhere(const std::string& path) const {
  PW_TRY_ASSIGN(std::optional<std::string> of_the_base, of_base(path));
  return of_the_base ? *std::move(of_the_base) : read_input(path);
}

Result<std::vector<std::string>> TrustedFiles::list(const std::string& directory) const {
  if (base_sha_.empty()) return os::list_directory(directory);
  const checkout::Git git = repository(world_);
  if (const std::optional<std::string> name = inside(git, directory, false)) {
    PW_TRY_ASSIGN(std::vector<std::string> names, git.list(base_sha_, *name));
    if (!names.empty()) return names;
  }
  PW_TRY_ASSIGN(const bool tracked, is_tracked(git, directory));
  if (tracked) return brought_by_head(directory);
  return os::list_directory(directory);
}

Status refuse_tracked_baseline(World& world, const Config& config) {
  const checkout::Git git = repository(world);
  const std::string& directory = config.baseline.directory;
  if (!os::exists(directory) || !git.is_repository().value_or(false)) return Nothing{};
  PW_TRY_ASSIGN(const bool tracked, is_tracked(git, directory));
  if (!tracked) return Nothing{};
  return Error{
      .kind = ErrorKind::config,
      .what = "git tracks the folder of cached baselines, so that any change could edit what it is compared with",
      .where = directory,
      .hint = "git rm -r --cached " + text::one_line(directory) +
              ", ignore the folder and keep it with actions/cache; or commit one samples file and name it: "
              "`baseline: { strategy: file, file: NAME }`, which is read from the base commit"};
}

bool is_tracked_history(World& world, const std::string& address) {
  constexpr std::string_view k_file = "sqlite:";
  if (!address.starts_with(k_file)) return false;
  const checkout::Git git = repository(world);
  return git.is_repository().value_or(false) && is_tracked(git, address.substr(k_file.size())).value_or(true);
}

}  // namespace perfwarden::app
