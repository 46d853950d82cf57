#include "baseline/worktree.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "os/files.hpp"

namespace perfwarden::baseline {
namespace {

constexpr std::size_t k_sha_digits = 12;

// `<parent>/<side>`, made when missing. A link there (a pull request may have committed one) would lead us elsewhere.
Result<std::string> side_folder(const std::string& parent, const char* side) {
  const std::string folder = parent + "/" + side;
  std::error_code ignored;
  for (const std::string& path : {parent, folder})
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored)))
      return Error{ErrorKind::io, "this is a symbolic link, where a folder of our own is needed", path,
                   "remove it, also from the repository", ""};
  PW_TRY(os::make_directories(folder));
  return folder;
}

// What a run that was killed left behind, of any commit.
Status remove_stale(const Git& git, const std::string& folder) {
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(folder));
  for (const std::string& name : names) PW_TRY(git.remove_worktree(fmt::format("{}/{}", folder, name)));
  return Nothing{};
}

}  // namespace

Status Git::add_worktree(const std::string& path, const std::string& sha) const {
  PW_TRY_ASSIGN(const std::string commit, resolve(sha));
  const std::string whole = os::absolute_path(path);
  // Forced: the same path may still be registered by a run that was killed.
  PW_TRY(run({"worktree", "add", "--quiet", "--force", "--detach", "--end-of-options", whole, commit}));
  // Builds run as the owner, and git refuses what belongs to somebody else.
  if (const auto common = run({"rev-parse", "--path-format=absolute", "--git-common-dir"}); common) {
    PW_TRY(os::give_to_owner_of(*common + "/worktrees", *common));
    PW_TRY(os::give_to_owner_of(whole, *common));
  }
  return Nothing{};
}

Status Git::remove_worktree(const std::string& path) const {
  const std::string whole = os::absolute_path(path);
  // Twice forced: also when locked. Where git does not know it (any more), it is a plain folder.
  if (!run({"worktree", "remove", "--force", "--force", "--end-of-options", whole}) || os::exists(whole))
    PW_TRY(os::remove_all(whole));
  PW_TRY(run({"worktree", "prune"}));
  return Nothing{};
}

Worktree::Worktree(Worktree&& other) noexcept : git_(std::move(other.git_)), path_(std::exchange(other.path_, "")) {}

Worktree::~Worktree() {
  if (!path_.empty()) (void)git_.remove_worktree(path_);
}

Result<TwoSides> check_out(const Git& git, const std::string& base_sha, const std::string& head_sha,
                           const std::string& parent_directory) {
  PW_TRY_ASSIGN(const std::string base, git.resolve(base_sha));
  PW_TRY_ASSIGN(const std::string head, git.resolve(head_sha));
  const std::string parent = os::absolute_path(parent_directory);
  PW_TRY_ASSIGN(const std::string base_folder, side_folder(parent, "b"));
  PW_TRY_ASSIGN(const std::string head_folder, side_folder(parent, "h"));
  PW_TRY_ASSIGN(os::FolderLock lock, os::FolderLock::try_lock(parent));
  if (!lock.held())
    return Error{ErrorKind::io, "another perfwarden is measuring in this folder", parent,
                 "wait until it has finished: two at once would disturb each other's numbers", ""};
  PW_TRY(remove_stale(git, base_folder));
  PW_TRY(remove_stale(git, head_folder));
  (void)git.run({"worktree", "prune"});
  const std::string base_path = base_folder + "/" + base.substr(0, k_sha_digits);
  const std::string head_path = head_folder + "/" + head.substr(0, k_sha_digits);
  // From here on each is removed when this returns early.
  Worktree base_tree(git, base_path);
  PW_TRY(git.add_worktree(base_path, base));
  Worktree head_tree(git, head_path);
  PW_TRY(git.add_worktree(head_path, head));
  return TwoSides{std::move(lock), std::move(base_tree), std::move(head_tree)};
}

}  // namespace perfwarden::baseline
