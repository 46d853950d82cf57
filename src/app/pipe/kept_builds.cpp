#include "app/pipe/kept_builds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/cli/messages.hpp"
#include "app/pipe/measurement.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "os/aligned_compilers.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"
#include "os/machine/toolchain.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view k_not_used = "no-build-cache";

// Names and values, made safe to print and to write as JSON; different ones stay different.
std::string readable(const std::string& value) {
  std::string safe = text::one_line(value);
  return safe == value ? value : safe + " (sha256 " + sha256(value) + ")";
}

std::string command_text(const CommandLine& command) {
  if (!command.shell.empty()) return "shell: " + command.shell;
  std::string out = "argv:";
  for (const std::string& word : command.argv) out += fmt::format(" {}:{}", word.size(), word);
  return out;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  static_cast<void>(in_path);
  return in_folder == folder.end();
}

// Why the folder's location cannot be trusted; empty when it can.
std::string why_not_there(World& world, const std::string& directory) {
  std::error_code code;
  const fs::path real = fs::weakly_canonical(os::absolute_path(directory), code);
  const checkout::Git git = repository(world);
  for (const auto& found : {git.top_level(), git.common_directory()}) {
    if (code || !found) return "cannot tell whether it is in the checkout";
    if (is_inside(real, fs::weakly_canonical(*found, code)))
      return "it is in the checkout, where the code of pull requests can write to it";
  }
  return "";
}

bool builds(const Plan& plan, Side side) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [side](const Step& step) { return step.kind == Step::Kind::build && step.side == side; });
}

}  // namespace

bool is_of_the_run(std::string_view variable) {
  static constexpr std::array k_names = std::to_array<std::string_view>({"_",
                                                                         "COLORTERM",
                                                                         "COLUMNS",
                                                                         "DBUS_SESSION_BUS_ADDRESS",
                                                                         "HOSTNAME",
                                                                         "INVOCATION_ID",
                                                                         "JOURNAL_STREAM",
                                                                         "LINES",
                                                                         "LS_COLORS",
                                                                         "OLDPWD",
                                                                         "PWD",
                                                                         "SHLVL",
                                                                         "SSH_CLIENT",
                                                                         "SSH_CONNECTION",
                                                                         "SSH_TTY",
                                                                         "SYSTEMD_EXEC_PID",
                                                                         "TERM",
                                                                         "TERM_PROGRAM",
                                                                         "WINDOWID",
                                                                         "XDG_RUNTIME_DIR",
                                                                         "XDG_SESSION_ID"});
  return variable.starts_with("GITHUB_") || variable.starts_with("RUNNER_") ||
         std::find(k_names.begin(), k_names.end(), variable) != k_names.end();
}

checkout::BuildKey build_key(os::Processes& processes, const BuildOf& build, const Plan& plan,
                             const os::Command& like) {
  checkout::BuildKey key{{"tree", build.tree},
                         {"path", readable(build.worktree)},
                         {"folder", readable(build.directory)},
                         {"checkout", checkout::digest_of(*build.checkout)},
                         {"build-cache.key", readable(build.extra)}};
  const auto add_variable = [&key](const std::string& of, const std::string& name, const std::string& value) {
    if (!is_of_the_run(name)) key.emplace_back(of + "variable " + readable(name), "sha256 " + sha256(value));
  };
  for (const auto& [name, value] : like.env) add_variable("", name, value);
  if (plan.align_functions)
    key.emplace_back("placement.align", fmt::format("{}, {}", os::k_align_flag, os::k_align_flag_of_rust));
  std::set<std::string> paths;
  for (const Suite& suite : plan.suites) {
    if (suite.build.empty()) continue;
    key.emplace_back("build of " + suite.name,
                     readable(fmt::format("in '{}': {}", suite.working_directory, command_text(suite.build))));
    for (const auto& [name, value] : suite.env) add_variable(suite.name + ": ", name, value);
    const auto own = suite.env.find("PATH");
    const auto common = like.env.find("PATH");
    paths.insert(own != suite.env.end() ? own->second : common != like.env.end() ? common->second : "");
  }
  for (const std::string& path : paths) {
    os::Command command = like;
    command.env["PATH"] = path;
    const std::string of = paths.size() > 1 ? "PATH " + sha256(path).substr(0, 8) + ": " : "";
    for (const auto& [name, value] : os::read_toolchain(processes, command))
      key.emplace_back(of + name, readable(value));
  }
  return key;
}

Result<KeptBuilds> KeptBuilds::look_up(World& world, const Config& config, const RunContext& context, Checkouts& sides,
                                       Plan& plan) {
  KeptBuilds out;
  const BuildCacheConfig& wanted = config.build_cache;
  if (wanted.directory.empty() || !sides.worktrees || sides.uncommitted ||
      !(builds(plan, Side::base) || builds(plan, Side::head)))
    return out;
  const auto refuse = [&](const std::string& why) {
    sides.warnings.push_back({std::string(k_not_used), "the build cache " + wanted.directory + " is not used: " + why});
    warn(world, sides.warnings.back().text);
    return KeptBuilds();
  };
  const bool apart = os::unprivileged_owner_of(".").has_value();
  if (context.from_fork && !apart)
    return refuse(
        "this pull request comes from a fork, and its code runs as the user who keeps the cache, so it could change "
        "what others are compared with; run perfwarden as root in a workspace of another user, and benchmarks run as "
        "that user");
  if (const std::string why = why_not_there(world, wanted.directory); !why.empty())
    return refuse(why + "; name a folder outside of the checkout");
  Result<checkout::BuildCache> cache =
      checkout::BuildCache::open(wanted.directory, wanted.limit_bytes, patience(world));
  if (!cache) return refuse(cache.error().text());
  out.cache_.emplace(*std::move(cache));
  out.read_only_ = context.from_fork;
  if (out.read_only_) note(world, "the build cache is only read: this pull request comes from a fork");
  for (const Side side : {Side::base, Side::head})
    if (builds(plan, side)) PW_TRY(out.look_up_side(world, config, side, sides, plan));
  return out;
}

Status KeptBuilds::look_up_side(World& world, const Config& config, Side side, Checkouts& sides, Plan& plan) {
  const bool is_base = side == Side::base;
  const checkout::Worktree& worktree = is_base ? sides.worktrees->base : sides.worktrees->head;
  const std::string& sha = is_base ? sides.base_sha : sides.head_sha;
  Lookup& mine = sides_[is_base ? 0 : 1];
  mine.worktree = worktree.path();
  const auto give_up = [&](const Error& error) {
    warn(world, fmt::format("{}: the build cache is not used: {}", name_of(side), error.text()));
    return worktree.renew(sha);
  };
  PW_TRY_ASSIGN(mine.tree, repository(world).tree(sha));
  Result<os::Tree> checkout = os::read_tree(mine.worktree);
  if (!checkout) return give_up(checkout.error());
  mine.checkout = *std::move(checkout);
  const measure::Children children = children_of(world, config, sides.base_directory, sides.head_directory);
  os::Command like;
  like.env = children.env;
  like.cwd = is_base ? children.base_directory : children.head_directory;
  like.uid = children.uid;
  like.gid = children.gid;
  mine.key = build_key(world.processes, {mine.tree, mine.worktree, like.cwd, &mine.checkout, config.build_cache.key},
                       plan, like);
  Result<checkout::BuildCache::Answer> answer = cache_->restore(mine.key, mine.worktree, mine.checkout);
  if (!answer) return give_up(answer.error());
  const std::string tree = mine.tree.substr(0, 7);
  if (answer->found) {
    note(world, fmt::format("{}: built tree {} from the cache (saved {})", name_of(side), tree,
                            format_duration(answer->found->build_s)));
    std::erase_if(plan.steps, [side](const Step& step) { return step.kind == Step::Kind::build && step.side == side; });
    (is_base ? sides.base_label : sides.head_label) += ", its build from the cache (" + answer->found->built + ")";
    return Nothing{};
  }
  mine.to_keep = !read_only_;
  const std::string told = fmt::format("{}: tree {} is built: {}", name_of(side), tree, answer->why_not);
  if (answer->damaged)
    warn(world, told);
  else
    note(world, told);
  return answer->untidy ? worktree.renew(sha) : Status(Nothing{});
}

void KeptBuilds::keep(World& world, const std::map<Side, double>& build_s) const {
  if (!cache_ || read_only_) return;
  for (const auto& [side, seconds] : build_s) keep_side(world, side, seconds);
  os::write_out(cache_->directory());
}

void KeptBuilds::keep_side(World& world, Side side, double build_s) const {
  const Lookup& mine = sides_[side == Side::base ? 0 : 1];
  if (!mine.to_keep) return;
  const Result<std::uint64_t> bytes =
      cache_->keep(mine.key, mine.worktree, mine.checkout, {build_s, os::rfc3339(world.clock.unix_s())});
  const checkout::BuildCache::Use use = cache_->use().value_or({});
  if (bytes)
    note(world, fmt::format("{}: the build of tree {} is kept in the cache ({}; {} of {} builds in all)", name_of(side),
                            mine.tree.substr(0, 7), format_value(static_cast<double>(*bytes), "B"),
                            format_value(static_cast<double>(use.bytes), "B"), use.entries));
  else
    warn(world, fmt::format("{}: its build is not kept in the cache: {}", name_of(side), bytes.error().text()));
}

}  // namespace perfwarden::app
