#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "os/files/tree.hpp"

namespace perfwarden::checkout {

// A BuildKey is all that a build's result may depend on, as far as it can be seen: (name, value) in a fixed order. A
// name that occurs twice, or a value left out, makes another key.
using BuildKey = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string digest_of(const BuildKey& key);  // 64 hex digits; no two keys run together
// Everything in a fresh checkout but times, as one part of a key.
[[nodiscard]] std::string digest_of(const os::Tree& checkout);

// A BuildCache is a folder with whole worktrees as their build left them:
//   <directory>/<digest of the key>/manifest.json   {"schema": "perfwarden.build/1", "key": [[name, value]…], "built",
//                                                    "seconds", "bytes", "list": sha256 of the file `list`}
//   <directory>/<digest of the key>/list            every file, folder and link: kind, mode, size, time, content, path
//   <directory>/<digest of the key>/files/          what the build made, as plain files that only we can read
// Files of the checkout are not kept: git checks them out again, and of them only the times are taken. A folder under a
// digest's name is whole, since it got that name last; anything else is a leftover. Links are only in the list, so that
// there is nothing to follow. What can write to the folder decides what is measured: see os::make_private_folder.
class BuildCache {
 public:
  [[nodiscard]] static Result<BuildCache> open(const std::string& directory, std::uint64_t limit_bytes);
  [[nodiscard]] const std::string& directory() const { return directory_; }

  struct Found {
    double build_s = 0;  // what it took
    std::string built;   // when, RFC 3339
  };
  struct Answer {
    std::optional<Found> found;
    std::string why_not;   // of a miss, one sentence; it names the parts in which the nearest entry differs
    bool damaged = false;  // an entry was there and is removed
    bool untidy = false;   // files were put into the worktree that do not belong there: check it out anew
  };
  // Puts what an earlier build made into the fresh checkout at `worktree`, of which `checkout` was read. Afterwards
  // the worktree equals, file by file, what the build left, times included. When we are root, it is then its owner's.
  [[nodiscard]] Result<Answer> restore(const BuildKey& key, const std::string& worktree,
                                       const os::Tree& checkout) const;

  // Keeps the worktree as it is now, which a build made of `checkout`. Removes those used longest ago until all are
  // within the limit. Gives the entry's size. Error (io), and nothing is kept, when the build changed or removed a file
  // of the checkout, when a link leads out of the worktree (but to where programs are installed), for what
  // os::read_tree refuses, and when it is larger than the limit.
  [[nodiscard]] Result<std::uint64_t> keep(const BuildKey& key, const std::string& worktree, const os::Tree& checkout,
                                           const Found& facts) const;

  struct Use {
    std::size_t entries = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Result<Use> use() const;

 private:
  BuildCache(std::string directory, std::uint64_t limit_bytes)
      : directory_(std::move(directory)), limit_bytes_(limit_bytes) {}
  [[nodiscard]] Status make_room(std::uint64_t bytes) const;

  std::string directory_;
  std::uint64_t limit_bytes_;
};

}  // namespace perfwarden::checkout
