#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/cli/world.hpp"
#include "profile/diff/diff.hpp"

// Whose code a frame is.
namespace perfwarden::app {

// The rules of a CODEOWNERS file as GitHub reads them: the last line that matches a path wins, and one without owners
// means that nobody owns it; "docs/*" is that folder alone, "/x" is anchored, "x" matches at any depth. GitHub does not
// support negations and [ranges] there; they match nothing.
class CodeOwners {
 public:
  CodeOwners() = default;
  explicit CodeOwners(std::string_view text);
  // "@acme/parsers @bob"; empty when nobody owns it. `path` is relative to the repository's root.
  [[nodiscard]] std::string of(std::string_view path) const;

 private:
  struct Rule {
    std::string glob, owners;
    bool exact = false;  // the glob matches files only, not folders
  };
  std::vector<Rule> rules_;
};

// The files of a repository, in which a path that a profiler wrote can be found.
class RepositoryFiles {
 public:
  RepositoryFiles() = default;
  explicit RepositoryFiles(std::vector<std::string> files);
  // The one file that `hint` ends with, or that ends with `hint`; empty when there is none, or more than one that fits
  // as well.
  [[nodiscard]] std::string find(std::string_view hint) const;

 private:
  std::vector<std::string> files_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
};

// The file in a frame's name, for languages that write it there: "parse (app/x.py:12)", "f /app/x.js:1:2". Empty when
// the name has none.
[[nodiscard]] std::string_view file_in_name(std::string_view frame);

// Places frames by the checkout in `directory`: its files as git lists them, and CODEOWNERS in .github/, the root or
// docs/, which is the commit `trusted_sha`'s unless that is empty. Places nothing where there is no repository.
[[nodiscard]] profile::DiffOptions::OwnershipOf ownership_in(World& world, const std::string& directory,
                                                             const std::string& trusted_sha);

}  // namespace perfwarden::app
