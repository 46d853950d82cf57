#include "app/pipe/checkouts.hpp"

#include <algorithm>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

std::string short_sha(const std::string& sha) {
  return sha.substr(0, 10);
}

Result<Checkouts> named_directories(World& world, const CheckoutOptions& options) {
  if (options.base_dir.empty() || options.head_dir.empty())
    return Error{
        .kind = ErrorKind::usage, .what = "--base-dir and --head-dir go together", .hint = "give both, or neither"};
  Checkouts sides;
  sides.base_directory = os::absolute_path(options.base_dir);
  sides.head_directory = os::absolute_path(options.head_dir);
  sides.base_label = options.base_dir;
  sides.head_label = options.head_dir;
  for (const auto& [directory, sha] :
       {std::pair{&sides.base_directory, &sides.base_sha}, {&sides.head_directory, &sides.head_sha}}) {
    if (!os::exists(*directory))
      return Error{.kind = ErrorKind::usage,
                   .what = "no such folder",
                   .where = *directory,
                   .hint = "name the two checkouts to compare"};
    *sha = checkout::Git(world.processes, *directory, world.environment.for_children()).resolve("HEAD").value_or("");
  }
  if (sides.base_directory.size() != sides.head_directory.size())
    sides.warnings.push_back(
        {"path-length",
         "the two folders' paths differ in length, which alone can bias results; use paths of equal length"});
  return sides;
}

// The commit to compare with, fetched deeper when the clone is shallow (actions/checkout fetches one commit).
Result<std::string> base_commit(const checkout::Git& git, const Config& config, const RunContext& context,
                                const CheckoutOptions& options) {
  std::vector<std::string> candidates;
  if (!options.base.empty()) {
    candidates = {options.base};
  } else {
    if (!context.base_sha.empty()) candidates.push_back(context.base_sha);
    if (candidates.empty()) candidates = {"origin/" + config.baseline.branch, config.baseline.branch};
  }
  const auto look = [&]() -> Result<std::string> {
    Error last;
    for (const std::string& candidate : candidates) {
      Result<std::string> found = git.merge_base(candidate, "HEAD");
      if (found) return found;
      last = std::move(found).error();
    }
    return last;
  };
  Result<std::string> found = look();
  if (found || !git.is_shallow().value_or(false)) return found;
  if (git.run({"fetch", "--no-tags", "--quiet", "--unshallow", "origin"})) found = look();
  if (!found && git.is_shallow().value_or(false))
    found.error().hint = "the clone is shallow: let actions/checkout fetch the history (`fetch-depth: 0`)";
  return found;
}

Result<Checkouts> from_cache(Checkouts sides, const checkout::Git& git, const Config& config, const Machine& machine,
                             const std::string& why) {
  sides.head_directory = os::absolute_path(".");
  baseline::Wanted wanted;
  wanted.commit = sides.base_sha;
  wanted.branch = config.baseline.branch;
  wanted.fingerprint = machine.fingerprint;
  wanted.machine = machine;
  wanted.any_machine = config.baseline.match_machine == MatchMachine::any;
  if (const Result<std::string> log = git.run({"log", "--format=%H", "-n", "200", "HEAD"}); log) {
    for (const std::string_view line : text::lines(*log)) wanted.ancestors.emplace_back(line);
    if (!wanted.ancestors.empty() && sides.base_sha.empty())
      wanted.ancestors.erase(wanted.ancestors.begin());  // not head itself
  }
  std::string why_not;
  PW_TRY_ASSIGN(std::optional<baseline::Found> found, baseline::find(config.baseline.directory, wanted, why_not));
  if (!found) {
    sides.warnings.push_back({"no-baseline", "no usable baseline in " + config.baseline.directory + ": " + why_not +
                                                 (why.empty() ? "" : " (" + why + ")")});
    return sides;
  }
  PW_TRY_ASSIGN(Samples samples,
                ingest::parse_samples(found->samples_text, config.baseline.directory + "/" + found->entry.file));
  sides.base_samples = std::move(samples);
  sides.base_sha = found->entry.commit;
  sides.base_label = "cached baseline " + short_sha(found->entry.commit) + " of " + found->entry.time.substr(0, 10);
  if (!why.empty())
    sides.warnings.push_back(
        {"cached-baseline", "compared with an earlier run, which is weaker than measuring both sides now: " + why});
  if (!found->note.empty()) sides.warnings.push_back({"older-baseline", "the cached baseline " + found->note});
  return sides;
}

}  // namespace

std::string why_not_buildable(const checkout::Git& git, const Config& config, const std::string& prefix) {
  for (const Suite& suite : config.suites) {
    if (!suite.build.empty() || !suite.setup.empty() || suite.run.argv.empty()) continue;
    const std::string& program = suite.run.argv.front();
    if (program.find('/') == std::string::npos || program.starts_with('/')) continue;
    std::string path = prefix;
    if (!suite.working_directory.empty()) path += suite.working_directory + "/";
    path = text::replace_all(path.append(program), "./", "");
    if (!git.run({"cat-file", "-e", "HEAD:" + path}))
      return "suite '" + suite.name + "' runs " + program +
             ", which is not in the repository, and has no `build:` command: add one, so that base can be measured "
             "beside head";
  }
  return "";
}

Result<Checkouts> check_out_both(World& world, const checkout::Git& git, Checkouts sides, const std::string& prefix) {
  PW_TRY_ASSIGN(const std::string work, work_folder());
  PW_TRY_ASSIGN(checkout::TwoSides two, checkout::check_out(git, sides.base_sha, sides.head_sha, work));
  PW_TRY(os::give_to_owner_of(work, "."));
  sides.base_directory = two.base.path() + "/" + prefix;
  sides.head_directory = two.head.path() + "/" + prefix;
  sides.worktrees.emplace(std::move(two));
  if (git.has_changes().value_or(false))
    warn(world, "there are uncommitted changes, which are not measured: only commits are; commit them first");
  return sides;
}

Result<std::string> work_folder() {
  std::string work = os::absolute_path(k_work_directory);
  PW_TRY(os::make_directories(work));
  if (const std::string ignore = work + "/.gitignore"; !os::exists(ignore)) PW_TRY(os::write_file(ignore, "*\n"));
  return work;
}

checkout::Git repository(World& world) {
  return {world.processes, ".", world.environment.for_children()};
}

Result<Checkouts> choose_checkouts(World& world, const Config& config, const RunContext& context,
                                   const Machine& machine, const CheckoutOptions& options) {
  if (!options.base_dir.empty() || !options.head_dir.empty()) return named_directories(world, options);
  const checkout::Git git = repository(world);
  Checkouts sides;
  sides.head_sha = git.resolve("HEAD").value_or(context.head_sha);
  sides.branch = !context.head_ref.empty() ? context.head_ref : git.branch().value_or("");
  sides.head_label = sides.branch;
  if (config.baseline.strategy == BaselineStrategy::file && options.base.empty()) {
    PW_TRY_ASSIGN(Samples samples, read_samples(config.baseline.file));
    sides.base_sha = samples.run.commit;
    sides.base_samples = std::move(samples);
    sides.base_label = config.baseline.file;
    sides.head_directory = os::absolute_path(".");
    return sides;
  }
  if (!git.top_level())
    return from_cache(std::move(sides), git, config, machine, "this folder is not in a git repository");
  if (options.head_is_measured || (config.baseline.strategy == BaselineStrategy::cached && options.base.empty()))
    return from_cache(std::move(sides), git, config, machine, "");
  Result<std::string> base = base_commit(git, config, context, options);
  if (!base) {
    if (!options.base.empty()) return std::move(base).error();
    const Error& error = base.error();
    return from_cache(std::move(sides), git, config, machine,
                      error.what + (error.hint.empty() ? "" : " (" + error.hint + ")"));
  }
  if (*base == sides.head_sha) {
    if (!options.base.empty())
      return Error{.kind = ErrorKind::usage,
                   .what = "base and head are the same commit " + short_sha(*base),
                   .hint = "commit the change to be checked, or name another base (`--base HEAD~1`)"};
    return from_cache(std::move(sides), git, config, machine, "");
  }
  sides.base_sha = *base;
  const std::string named = !options.base.empty()       ? options.base
                            : !context.base_ref.empty() ? context.base_ref
                                                        : config.baseline.branch;
  sides.base_label = "merge base with " + named;
  const std::string prefix = git.prefix();
  if (const std::string why = why_not_buildable(git, config, prefix); !why.empty())
    return from_cache(std::move(sides), git, config, machine, why);
  return check_out_both(world, git, std::move(sides), prefix);
}

Result<Checkouts> without_base(World& world, const Config& config, const Machine& machine, Checkouts sides,
                               const std::string& why) {
  Checkouts head;
  head.base_sha = sides.base_sha;
  head.head_sha = sides.head_sha;
  head.branch = sides.branch;
  head.head_label = sides.head_label;
  head.warnings = std::move(sides.warnings);
  return from_cache(std::move(head), repository(world), config, machine, why);
}

}  // namespace perfwarden::app
