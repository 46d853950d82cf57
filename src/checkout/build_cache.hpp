#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "os/files/tree.hpp"
#include "os/patience.hpp"

namespace perfwarden::checkout {

// A BuildKey is everything that a build's result is known to depend on: (name, value) in a fixed order. A repeated name
// or a missing value makes a different key.
using BuildKey = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string digest_of(
    const BuildKey& key);  // 64 hex digits; unambiguous: names and values cannot run together
// Digest of everything in a fresh checkout except times, as one part of a key.
[[nodiscard]] std::string digest_of(const os::Tree& checkout);

// A BuildCache is a folder with whole worktrees as their build left them:
//   <directory>/<digest of the key>/manifest.json   {"schema": "perfwarden.build/1", "key": [[name, value]…], "built",
//                                                    "seconds", "bytes", "list": sha256 of the file `list`}
//   <directory>/<digest of the key>/list            every file, folder and link: kind, mode, size, time, content, path
//   <directory>/<digest of the key>/files/          what the build made, as plain files that only we can read
// Files of the checkout are not kept: git checks them out again, and only their times are restored. A folder with a
// digest's name is complete, since it is renamed last; anything else is a leftover. Links are only in the list, so that
// there is nothing to follow. Whoever can write to the folder decides what is measured: see os::make_private_folder.
class BuildCache {
 public:
  // `patience`: for other runs that use the cache.
  [[nodiscard]] static Result<BuildCache> open(const std::string& directory, std::uint64_t limit_bytes,
                                               const os::Patience& patience = {});
  [[nodiscard]] const std::string& directory() const { return directory_; }

  struct Found {
    double build_s = 0;  // how long the build took
    std::string built;   // when, RFC 3339
  };
  struct Answer {
    std::optional<Found> found;
    std::string why_not;   // for a miss: one sentence that names the parts in which the nearest entry differs
    bool damaged = false;  // an entry was found damaged and was removed
    bool untidy = false;   // the worktree now holds files that do not belong there: check it out anew
  };
  // Copies what an earlier build made into the fresh checkout at `worktree`, from which `checkout` was read. Afterwards
  // the worktree equals, file by file, what the build left, times included. When we are root, the files get its owner.
  [[nodiscard]] Result<Answer> restore(const BuildKey& key, const std::string& worktree,
                                       const os::Tree& checkout) const;

  // Keeps the worktree as it is now, which a build made of `checkout`. Removes the least recently used entries until
  // all fit the limit. Returns the entry's size. Error (io), and nothing is kept, when the build changed or removed a
  // file of the checkout, when a link leads out of the worktree (except to where programs are installed), for what
  // os::read_tree refuses, and when the entry is larger than the limit.
  [[nodiscard]] Result<std::uint64_t> keep(const BuildKey& key, const std::string& worktree, const os::Tree& checkout,
                                           const Found& facts) const;

  struct Use {
    std::size_t entries = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Result<Use> use() const;

 private:
  BuildCache(std::string directory, std::uint64_t limit_bytes, os::Patience patience)
      : directory_(std::move(directory)), limit_bytes_(limit_bytes), patience_(std::move(patience)) {}
  [[nodiscard]] Status make_room(std::uint64_t bytes) const;

  std::string directory_;
  std::uint64_t limit_bytes_;
  os::Patience patience_;
};

}  // namespace perfwarden::checkout
