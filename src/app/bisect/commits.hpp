#pragma once

#include <string>
#include <vector>

#include "app/history/commits.hpp"
#include "base/result.hpp"
#include "checkout/worktree.hpp"

namespace perfwarden::app {

// A Commit as people read it. Everything but the hashes is hostile text.
struct Commit {
  std::string sha, tree;
  std::vector<std::string> parents;
  std::string author, date, subject;        // date: 2026-11-29
  [[nodiscard]] std::string shown() const;  // "3f2a91c0d1  Subject", made safe to print
};

[[nodiscard]] Result<Commit> commit_of(const checkout::Git& git, const std::string& sha);
// What a person calls the two ends of a range, for messages.
struct RangeEnds {
  std::string good = "--good", bad = "--bad";
};
// The commits from `good` to `bad` by first parent, oldest first, `good` in front. Error (usage) unless `good` is an
// ancestor of `bad`, with the commit that both have in common.
[[nodiscard]] Result<std::vector<Commit>> commits_between(const checkout::Git& git, const std::string& good,
                                                          const std::string& bad, const RangeEnds& ends = {});
// The commits that a merge of two brought in, oldest first, by first parent: from where its branch left, up to the
// merge itself. Fewer than three when there is nothing inside to search.
[[nodiscard]] Result<std::vector<Commit>> commits_inside(const checkout::Git& git, const Commit& merge);

// Files that a commit changes against its first parent.
[[nodiscard]] Result<std::vector<std::string>> files_of(const checkout::Git& git, const Commit& commit);

}  // namespace perfwarden::app
