#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "checkout/ways.hpp"
#include "os/files/folder_lock.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::checkout {

// Git runs git in one repository: in a private one that borrows the clone's objects, so that no setting of the clone is
// obeyed (private_repository.hpp), and as the clone's owner when we are root. It sees the clone as it was when it first
// looked. No prompts, no hooks, and none of the variables by which a calling git points at another repository.
// Revisions and refs are checked before they reach argv, where "--end-of-options" precedes them.
class Git {
 public:
  // `ways`: shared by all that look at the same clones; null: its own.
  Git(os::Processes& processes, std::string directory, std::map<std::string, std::string> env,
      std::shared_ptr<Ways> ways = nullptr);

  [[nodiscard]] Git in(const std::string& directory) const;  // the same, in another folder
  [[nodiscard]] Result<std::string> top_level() const;
  [[nodiscard]] Result<std::string> common_directory() const;  // of all worktrees: "/home/me/project/.git"
  // False outside of a repository. Error when git is not there, or refuses for another reason.
  [[nodiscard]] Result<bool> is_repository() const;
  [[nodiscard]] std::string prefix() const;  // path from the top level to the current folder, ends in a slash; often ""
  [[nodiscard]] Result<std::string> resolve(const std::string& revision) const;  // full sha of a commit
  [[nodiscard]] Result<std::string> tree(const std::string& revision) const;     // full hash of a commit's tree
  [[nodiscard]] Result<std::string> merge_base(const std::string& a, const std::string& b) const;
  // What the commit object says, also where a shallow clone has cut them off.
  [[nodiscard]] Result<std::vector<std::string>> parents(const std::string& revision) const;
  // Makes the commit readable: a shallow clone may not have it. Error (usage) when it cannot be fetched either.
  [[nodiscard]] Status ensure(const std::string& sha) const;
  [[nodiscard]] Result<std::string> branch() const;  // "" when detached
  [[nodiscard]] Result<bool> is_shallow() const;
  [[nodiscard]] Result<bool> has_changes() const;  // tracked files differ from HEAD
  // Whether the folder holds files of HEAD, and none of the repository's tracked files differ from it: what is measured
  // there is HEAD.
  [[nodiscard]] bool is_head() const;
  // Whether `path` is a file at `revision`; Error (usage) for a path that is not inside the repository.
  [[nodiscard]] Result<bool> has_file(const std::string& revision, const std::string& path) const;
  // The text of `path` at `revision`; Error (io) when it is not there.
  [[nodiscard]] Result<std::string> show(const std::string& revision, const std::string& path) const;
  // The names below the folder `path` at `revision`, sorted, without those in folders of its own; empty when there is
  // no such folder.
  [[nodiscard]] Result<std::vector<std::string>> list(const std::string& revision, const std::string& path) const;
  // Whether git tracks the file, or anything below the folder, at `path` from the current folder.
  [[nodiscard]] Result<bool> tracks(const std::string& path) const;
  // A detached worktree. Its submodules are checked out where they are in this checkout; Error with the cure when a
  // submodule's commit is not to be had.
  [[nodiscard]] Status add_worktree(const std::string& path, const std::string& sha) const;
  [[nodiscard]] Status remove_worktree(const std::string& path) const;
  // Gives a folder to the user that git runs as; nothing when that is us.
  [[nodiscard]] Status give_to_git(const std::string& folder) const;
  [[nodiscard]] Result<std::string> run(const std::vector<std::string>& arguments) const;  // stdout, last newline cut

 private:
  [[nodiscard]] static Status check_path(const std::string& path);
  [[nodiscard]] Result<os::ProcessResult> start(const std::vector<std::string>& arguments) const;

  os::Processes& processes_;
  std::string directory_;
  std::map<std::string, std::string> env_;
  std::shared_ptr<Ways> ways_;
};

// A Worktree is one side's checkout while it is measured; removed in the destructor.
class Worktree {
 public:
  Worktree(Git git, std::string path) : git_(std::move(git)), path_(std::move(path)) {}
  ~Worktree();
  Worktree(Worktree&& other) noexcept;
  Worktree& operator=(Worktree&&) = delete;
  Worktree(const Worktree&) = delete;
  Worktree& operator=(const Worktree&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  // Deletes the worktree's content and checks `sha` out anew.
  [[nodiscard]] Status renew(const std::string& sha) const;
  // From now on the destructor removes nothing: somebody wants to look at it. The next check_out() removes it.
  void leave();

 private:
  Git git_;
  std::string path_;  // empty: moved from
};

struct TwoSides {
  os::FolderLock lock;  // of the parent directory: two runs must not share, nor clean up, each other's worktrees
  Worktree base, head;  // equally long paths: path length biases results (Mytkowicz, ASPLOS'09)
};
struct OneSide {
  os::FolderLock lock;
  Worktree tree;
};
// One commit alone, as check_out does for two.
[[nodiscard]] Result<OneSide> check_out_one(const Git& git, const std::string& sha,
                                            const std::string& parent_directory);
// Checks out both commits into fresh worktrees `<parent>/a/<tree>` of equal length. A tree has the same path in every
// run and on either side, so that compiler caches hit and a head that was built can be base another day; of two commits
// with equal trees, head is at `<parent>/b/<tree>`. What a crashed run left there is removed first. Error (io) when
// another run is using the folder. When we are root and another user owns the repository, that user gets the worktrees.
[[nodiscard]] Result<TwoSides> check_out(const Git& git, const std::string& base_sha, const std::string& head_sha,
                                         const std::string& parent_directory);

}  // namespace perfwarden::checkout
