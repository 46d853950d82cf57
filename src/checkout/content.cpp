#include "checkout/content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/files/lfs_pointer.hpp"

namespace perfwarden::checkout {
namespace {

struct Submodule {
  std::string path, sha;
};

// Those that the commit itself records: .gitmodules may name others, or none.
Result<std::vector<Submodule>> submodules_of_head(const Git& git) {
  std::vector<Submodule> out;
  PW_TRY_ASSIGN(const bool any, git.has_file("HEAD", ".gitmodules"));
  if (!any) return out;
  PW_TRY_ASSIGN(const std::string listed, git.run({"ls-tree", "-r", "-z", "--full-tree", "HEAD"}));
  for (const std::string_view entry : text::split(listed, '\0')) {
    constexpr std::string_view k_of_submodule = "160000 commit ";
    const std::size_t tab = entry.find('\t');
    if (!entry.starts_with(k_of_submodule) || tab == std::string_view::npos) continue;
    out.push_back({std::string(entry.substr(tab + 1)),
                   std::string(entry.substr(k_of_submodule.size(), tab - k_of_submodule.size()))});
  }
  return out;
}

bool is_checked_out(const std::string& folder) {
  return os::exists(folder + "/.git");
}

}  // namespace

Status add_submodules(const Git& git, const Git& worktree) {
  PW_TRY_ASSIGN(const std::vector<Submodule> submodules, submodules_of_head(worktree));
  if (submodules.empty()) return Nothing{};
  PW_TRY_ASSIGN(const std::string top, git.top_level());
  PW_TRY_ASSIGN(const std::string to, worktree.top_level());
  for (const Submodule& submodule : submodules) {
    const std::string from = top + "/" + submodule.path;
    if (!is_checked_out(from)) continue;
    const Git repository = git.in(from);
    if (const Status here = repository.ensure(submodule.sha); !here)
      return Error{.kind = here.error().kind,
                   .what = fmt::format("submodule '{}': {}", text::one_line(submodule.path), here.error().what),
                   .hint =
                       "give actions/checkout `submodules: recursive` and `fetch-depth: 0`, or run `git submodule "
                       "update --init --recursive` at that commit once"};
    PW_TRY(repository.add_worktree(to + "/" + submodule.path, submodule.sha));
  }
  return Nothing{};
}

void prune_submodules(const Git& git) {
  const Result<std::vector<Submodule>> submodules = submodules_of_head(git);
  const Result<std::string> top = git.top_level();
  if (!submodules || !top) return;
  for (const Submodule& submodule : *submodules) {
    const std::string folder = *top + "/" + submodule.path;
    if (!is_checked_out(folder)) continue;
    const Git repository = git.in(folder);
    (void)repository.run({"worktree", "prune"}).has_value();
    prune_submodules(repository);
  }
}

Result<std::vector<std::string>> empty_submodules(const Git& git) {
  PW_TRY_ASSIGN(const std::vector<Submodule> submodules, submodules_of_head(git));
  std::vector<std::string> out;
  if (submodules.empty()) return out;
  PW_TRY_ASSIGN(const std::string top, git.top_level());
  for (const Submodule& submodule : submodules)
    if (!is_checked_out(top + "/" + submodule.path)) out.push_back(submodule.path);
  return out;
}

Result<std::vector<std::string>> lfs_pointers(const Git& git) {
  PW_TRY_ASSIGN(const std::string top, git.top_level());
  PW_TRY_ASSIGN(const std::string listed, git.in(top).run({"ls-files", "-z", "--", ":(attr:filter=lfs)"}));
  std::vector<std::string> out;
  for (const std::string_view name : text::split(listed, '\0'))
    if (!name.empty() && os::is_lfs_pointer(top, std::string(name))) out.emplace_back(name);
  return out;
}

}  // namespace perfwarden::checkout
