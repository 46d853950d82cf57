#include "checkout/worktree.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "checkout/content.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

constexpr std::size_t k_tree_digits = 12;

// `<parent>/<name>`, made when missing. A link there (a pull request may have committed one) would lead us elsewhere.
Result<std::string> folder_of_trees(const std::string& parent, const char* name) {
  const std::string folder = parent + "/" + name;
  std::error_code ignored;
  for (const std::string& path : {parent, folder})
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored)))
      return Error{.kind = ErrorKind::io,
                   .what = "this is a symbolic link, where a folder of our own is needed",
                   .where = path,
                   .hint = "remove it, also from the repository"};
  PW_TRY(os::make_directories(folder));
  return folder;
}

// What a killed run left here, of any commit.
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
  PW_TRY(add_submodules(*this, in(whole)));
  // Builds run as the owner, and git refuses what belongs to somebody else.
  if (const auto common = common_directory(); common) {
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
  prune_submodules(*this);
  return Nothing{};
}

Status Git::give_to_git(const std::string& folder) const {
  PW_TRY_ASSIGN(const Way way, ways_->to(directory_, processes_, env_));
  if (!way.user || !way.repository) return Nothing{};
  return os::give_to_owner_of(folder, way.repository->folder());
}

Worktree::Worktree(Worktree&& other) noexcept : git_(std::move(other.git_)), path_(std::exchange(other.path_, "")) {}

Worktree::~Worktree() {
  if (!path_.empty()) (void)git_.remove_worktree(path_);
}

Status Worktree::renew(const std::string& sha) const {
  PW_TRY(git_.remove_worktree(path_));
  return git_.add_worktree(path_, sha);
}

void Worktree::leave() {
  path_.clear();
}

namespace {

// The folder of worktrees, locked and empty.
struct Ground {
  os::FolderLock lock;
  std::string first, second;  // `<parent>/a` and `<parent>/b`
};

Result<Ground> prepare_ground(const Git& git, const std::string& parent_directory) {
  const std::string parent = os::absolute_path(parent_directory);
  PW_TRY_ASSIGN(std::string first, folder_of_trees(parent, "a"));
  PW_TRY_ASSIGN(std::string second, folder_of_trees(parent, "b"));
  PW_TRY(git.give_to_git(parent));
  PW_TRY_ASSIGN(os::FolderLock lock, os::FolderLock::try_lock(parent));
  if (!lock.held())
    return Error{.kind = ErrorKind::io,
                 .what = "another perfwarden is measuring in this folder",
                 .where = parent,
                 .hint = "wait until it has finished: two at once would disturb each other's numbers"};
  PW_TRY(remove_stale(git, first));
  PW_TRY(remove_stale(git, second));
  (void)git.run({"worktree", "prune"});
  return Ground{std::move(lock), std::move(first), std::move(second)};
}

}  // namespace

Result<TwoSides> check_out(const Git& git, const std::string& base_sha, const std::string& head_sha,
                           const std::string& parent_directory) {
  PW_TRY_ASSIGN(const std::string base, git.resolve(base_sha));
  PW_TRY_ASSIGN(const std::string head, git.resolve(head_sha));
  PW_TRY_ASSIGN(const std::string base_tree_hash, git.tree(base));
  PW_TRY_ASSIGN(const std::string head_tree_hash, git.tree(head));
  PW_TRY_ASSIGN(Ground ground, prepare_ground(git, parent_directory));
  const std::string base_path = ground.first + "/" + base_tree_hash.substr(0, k_tree_digits);
  std::string head_path = ground.first + "/" + head_tree_hash.substr(0, k_tree_digits);
  if (head_path == base_path) head_path = ground.second + "/" + head_tree_hash.substr(0, k_tree_digits);
  // From here on each is removed when this returns early.
  Worktree base_tree(git, base_path);
  PW_TRY(git.add_worktree(base_path, base));
  Worktree head_tree(git, head_path);
  PW_TRY(git.add_worktree(head_path, head));
  return TwoSides{std::move(ground.lock), std::move(base_tree), std::move(head_tree)};
}

Result<OneSide> check_out_one(const Git& git, const std::string& sha, const std::string& parent_directory) {
  PW_TRY_ASSIGN(const std::string commit, git.resolve(sha));
  PW_TRY_ASSIGN(const std::string tree_hash, git.tree(commit));
  PW_TRY_ASSIGN(Ground ground, prepare_ground(git, parent_directory));
  const std::string path = ground.first + "/" + tree_hash.substr(0, k_tree_digits);
  Worktree tree(git, path);
  PW_TRY(git.add_worktree(path, commit));
  return OneSide{std::move(ground.lock), std::move(tree)};
}

}  // namespace perfwarden::checkout
