#include "app/selftest/twins.hpp"

#include <filesystem>

#include "app/pipe/checkouts.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

Result<Twins> Twins::make(World& world, const Config& config) {
  Twins twins;
  const checkout::Git git = repository(world);
  const Result<std::string> head = git.resolve("HEAD");
  const std::string prefix = git.prefix();
  if (!head || !why_not_buildable(git, config, prefix, "").empty()) {
    PW_TRY(twins.link());
    return twins;
  }
  Checkouts sides;
  sides.base_sha = sides.head_sha = *head;
  PW_TRY_ASSIGN(Checkouts made, check_out_both(world, git, std::move(sides), prefix));
  twins.base_ = made.base_directory;
  twins.head_ = made.head_directory;
  if (made.worktrees) twins.worktrees_.emplace(std::move(*made.worktrees));
  return twins;
}

Status Twins::link() {
  PW_TRY_ASSIGN(links_, os::make_temporary_directory("perfwarden-selftest-"));
  base_ = links_ + "/base";
  head_ = links_ + "/head";
  for (const std::string& name : {base_, head_}) {
    std::error_code code;
    std::filesystem::create_directory_symlink(os::absolute_path("."), name, code);
    if (code)
      return Error{.kind = ErrorKind::io,
                   .what = "cannot link: " + code.message(),
                   .where = name,
                   .hint = "check that TMPDIR can be written"};
  }
  // The benchmarks' user must be able to go through it.
  std::error_code code;
  std::filesystem::permissions(links_, std::filesystem::perms::group_exec | std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add, code);
  return Nothing{};
}

Checkouts Twins::checkouts() const {
  Checkouts out;
  out.base_directory = base_;
  out.head_directory = head_;
  return out;
}

Twins::~Twins() {
  if (!links_.empty()) static_cast<void>(os::remove_all(links_));
}

}  // namespace perfwarden::app
