#include "app/pipe/checkouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/event_base.hpp"
#include "app/pipe/trusted_files.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "checkout/content.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "profile/kept.hpp"

namespace perfwarden::app {
namespace {

std::string shortened(const std::string& sha) {
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

// The first of the candidates that shares history with HEAD gives the base; a shallow clone (actions/checkout fetches
// one commit) is deepened for that.
Result<std::string> merge_base_of(const checkout::Git& git, const std::vector<std::string>& candidates) {
  const auto look = [&]() -> Result<std::string> {
    Error last;
    for (const std::string& candidate : candidates) {
      Result<std::string> found = git.merge_base(candidate, "HEAD");
      if (found || found.error().kind != ErrorKind::usage) return found;
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

// Events such as pull_request_target and issue_comment check out the base branch when nobody says otherwise.
Status refuse_base_as_head(const checkout::Git& git, const RunContext& context, const std::string& head_sha) {
  if (!context.of_pull_request) return Nothing{};
  PW_TRY_ASSIGN(const std::optional<EventBase> base, base_of_event(git, context));
  if (!base || base->is_parent) return Nothing{};
  const Result<std::string> common = git.merge_base(base->sha, head_sha);
  if (base->sha != head_sha && (!common || *common != head_sha)) return Nothing{};
  const std::string number = context.is_pull_request() ? std::to_string(context.pull_request) : "NUMBER";
  return Error{.kind = ErrorKind::usage,
               .what = "HEAD " + shortened(head_sha) +
                       " is the base branch and not the pull request: " + context.event + " checks out the base",
               .hint = "give actions/checkout `ref: refs/pull/" + number +
                       "/merge`; where the pull request may be a stranger's, run on `pull_request` instead, since its "
                       "code would run with this event's token"};
}

void take_profiles(Result<std::string> text, Checkouts& sides) {
  if (text)
    sides.base_profiles = *std::move(text);
  else
    sides.warnings.push_back(
        {"not-profiled", "the profiles of base that were kept cannot be read: " + text.error().text()});
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
  const std::string profiles = baseline::profiles_file(found->entry);
  if (os::exists(fmt::format("{}/{}", config.baseline.directory, profiles)))
    take_profiles(os::read_file_below(config.baseline.directory, profiles, profile::k_max_kept_bytes), sides);
  sides.base_label = "cached baseline " + shortened(found->entry.commit) + " of " + found->entry.time.substr(0, 10);
  if (!why.empty())
    sides.warnings.push_back(
        {"cached-baseline", "compared with an earlier run, which is weaker than measuring both sides now: " + why});
  if (!found->note.empty()) sides.warnings.push_back({"older-baseline", "the cached baseline " + found->note});
  return sides;
}

// Head alone against the committed samples file that the config names: the base commit's version of it.
Result<Checkouts> from_file(World& world, const Config& config, const CheckoutOptions& options, Checkouts sides) {
  const std::string& file = config.baseline.file;
  PW_TRY_ASSIGN(const std::string text, TrustedFiles(world, options.trusted_sha).read_anywhere(file));
  PW_TRY_ASSIGN(Samples samples, ingest::parse_samples(text, file));
  sides.base_sha = samples.run.commit;
  sides.base_samples = std::move(samples);
  const std::string profiles = profile::kept_beside(file);
  Result<std::string> kept = TrustedFiles(world, options.trusted_sha).read_anywhere(profiles);
  if (kept || os::exists(profiles)) take_profiles(std::move(kept), sides);
  sides.base_label = file;
  sides.head_directory = os::absolute_path(".");
  return sides;
}

bool is_branch(const checkout::Git& git, const std::string& name) {
  return git.run({"show-ref", "--verify", "--quiet", "refs/heads/" + name}) ||
         git.run({"show-ref", "--verify", "--quiet", "refs/remotes/" + name});
}

Result<Base> named_base(const checkout::Git& git, const std::string& named) {
  const Result<std::string> itself = git.resolve(named);
  if (itself && !is_branch(git, named)) return Base{.sha = *itself, .of = named, .itself = true};
  PW_TRY_ASSIGN(std::string common, merge_base_of(git, {named}));
  const bool is_ahead = itself && *itself != common && common == git.resolve("HEAD").value_or("");
  if (is_ahead) return Base{.sha = *itself, .of = named, .itself = true};
  return Base{.sha = std::move(common), .of = named};
}

// The file as it is in one folder, or its absence, in the other.
Status copy_over(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::remove(to, error);
  if (!error && fs::exists(fs::symlink_status(from, error))) {
    fs::create_directories(fs::path(to).parent_path(), error);
    if (!error) fs::copy(from, to, fs::copy_options::copy_symlinks, error);
  } else if (error == std::errc::no_such_file_or_directory) {
    error.clear();
  }
  if (!error) return Nothing{};
  return Error{.kind = ErrorKind::io, .what = "cannot copy the changed file: " + error.message(), .where = from};
}

// Brings what the working folder changes into head's worktree: files that git tracks, and new ones that it does not
// ignore.
Status bring_changes(const checkout::Git& git, const std::string& head) {
  PW_TRY_ASSIGN(const std::string top, git.top_level());
  std::string listed;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative",
                                 "--ignore-submodules=all", "HEAD", "--"},
        {"ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"}}) {
    PW_TRY_ASSIGN(const std::string some, git.run(words));
    listed += some + '\0';
  }
  for (const std::string_view name : text::split(listed, '\0')) {
    if (name.empty() || name.ends_with('/')) continue;  // a folder is a repository of its own
    if (name.starts_with(std::string(k_work_directory) + "/")) continue;
    PW_TRY(copy_over(fmt::format("{}/{}", top, name), fmt::format("{}/{}", head, name)));
  }
  return Nothing{};
}

std::string shown_few(const std::vector<std::string>& names) {
  constexpr std::size_t k_shown = 3;
  std::vector<std::string> few;
  for (const std::string& name : names)
    if (few.size() < k_shown) few.push_back(text::one_line(name));
  return text::join(few, ", ") + (names.size() > k_shown ? ", …" : "");
}

// What a benchmark may miss in this worktree: said once for both sides.
void warn_of_content(const checkout::Git& worktree, std::vector<Warning>& warnings) {
  const auto add = [&warnings](Warning warning) {
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(std::move(warning));
  };
  const std::vector<std::string> empty = checkout::empty_submodules(worktree).value_or({});
  if (!empty.empty())
    add({std::string(k_empty_submodules),
         "submodules that are not checked out here are empty on both sides: " + shown_few(empty) +
             "; where a benchmark needs one, give actions/checkout `submodules: recursive`, or run "
             "`git submodule update --init --recursive`"});
  const std::vector<std::string> pointers = checkout::lfs_pointers(worktree).value_or({});
  if (!pointers.empty())
    add({std::string(k_lfs_pointers),
         "files of Git LFS are here as pointers of a few lines: " + shown_few(pointers) +
             "; where a benchmark reads one, give actions/checkout `lfs: true`, or run `git lfs pull`"});
}

// Files of a submodule are not the repository's own, but its worktrees have them.
bool is_in_submodule(const checkout::Git& git, const std::string& path) {
  for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
    if (git.run({"ls-tree", "--full-tree", "HEAD", "--", path.substr(0, end)}).value_or("").starts_with("160000 "))
      return true;
  return false;
}

// A commit that was named, against its parent or against another that was named.
Result<Checkouts> named_commits(World& world, const checkout::Git& git, const Config& config,
                                const CheckoutOptions& options) {
  Checkouts sides;
  sides.keep = options.keep;
  PW_TRY_ASSIGN(sides.head_sha, git.resolve(options.head));
  sides.head_label = sides.head_sha.starts_with(options.head) ? shortened(sides.head_sha) : options.head;
  sides.base_label = options.base;
  if (!options.base.empty()) {
    PW_TRY_ASSIGN(sides.base_sha, git.resolve(options.base));
  } else {
    PW_TRY_ASSIGN(const std::vector<std::string> parents, git.parents(sides.head_sha));
    if (parents.empty())
      return Error{.kind = ErrorKind::usage,
                   .what = shortened(sides.head_sha) + " is the first commit, so there is nothing to compare it with",
                   .hint = "name a later commit, or a base with --base"};
    sides.base_sha = parents.front();
    sides.base_label = "its parent";
    PW_TRY(git.ensure(sides.base_sha));
  }
  if (sides.base_sha == sides.head_sha)
    return Error{.kind = ErrorKind::usage,
                 .what = "base and head are the same commit " + shortened(sides.base_sha),
                 .hint = "name another base, or none to compare with the parent"};
  const std::string prefix = git.prefix();
  if (const std::string why = why_not_buildable(git, config, prefix, sides.base_sha); !why.empty())
    return Error{.kind = ErrorKind::config, .what = "a commit cannot be measured from its checkout: " + why};
  return check_out_both(world, git, std::move(sides), prefix);
}

}  // namespace

std::string why_not_buildable(const checkout::Git& git, const Config& config, const std::string& prefix,
                              const std::string& base_sha) {
  for (const Suite& suite : config.suites) {
    if (!suite.build.empty() || !suite.setup.empty() || suite.run.argv.empty()) continue;
    const std::string& program = suite.run.argv.front();
    if (program.find('/') == std::string::npos || program.starts_with('/')) continue;
    std::string path = prefix;
    if (!suite.working_directory.empty()) path += suite.working_directory + "/";
    path = text::replace_all(path.append(program), "./", "");
    // What only base has may belong to a suite that this change takes out.
    const bool base_has = !base_sha.empty() && git.run({"cat-file", "-e", fmt::format("{}:{}", base_sha, path)});
    if (!base_has && !git.run({"cat-file", "-e", "HEAD:" + path}) && !is_in_submodule(git, path))
      return "suite '" + suite.name + "' runs " + program +
             ", which is not in the repository, and has no `build:` command: add one, so that base can be measured "
             "beside head";
  }
  return "";
}

Result<Checkouts> check_out_both(World& world, const checkout::Git& git, Checkouts sides, const std::string& prefix,
                                 const std::string& below) {
  PW_TRY_ASSIGN(const std::string work, work_folder());
  PW_TRY_ASSIGN(checkout::TwoSides two, checkout::check_out(git, sides.base_sha, sides.head_sha, work + below));
  if (sides.uncommitted) PW_TRY(bring_changes(git, two.head.path()));
  PW_TRY(os::give_to_owner_of(work, "."));
  for (const checkout::Worktree* tree : {&two.base, &two.head}) warn_of_content(git.in(tree->path()), sides.warnings);
  const std::string folder = prefix.empty() ? "" : "/" + prefix.substr(0, prefix.size() - 1);
  sides.base_directory = two.base.path() + folder;
  sides.head_directory = two.head.path() + folder;
  sides.worktrees.emplace(std::move(two));
  const bool is_here = sides.head_sha == git.resolve("HEAD").value_or("");
  if (!sides.uncommitted && is_here && git.has_changes().value_or(false))
    warn(world, "there are uncommitted changes, which are not measured: commit them, or add --worktree");
  if (sides.uncommitted) sides.head_sha.clear();  // what is measured is of no commit
  return sides;
}

Result<std::string> work_folder() {
  std::string work = os::absolute_path(k_work_directory);
  PW_TRY(os::make_directories(work));
  if (const std::string ignore = work + "/.gitignore"; !os::exists(ignore)) PW_TRY(os::write_file(ignore, "*\n"));
  return work;
}

checkout::Git repository(World& world) {
  return {world.processes, ".", world.environment.for_children(), world.ways};
}

namespace {

Result<Base> where_it_left_off(const checkout::Git& git, const Config& config, const RunContext& context) {
  const auto found_by = [&](const std::vector<std::string>& candidates, const std::string& of) -> Result<Base> {
    PW_TRY_ASSIGN(std::string sha, merge_base_of(git, candidates));
    return Base{std::move(sha), of, false};
  };
  const std::string& branch = context.base_ref.empty() ? config.baseline.branch : context.base_ref;
  PW_TRY_ASSIGN(const std::optional<EventBase> of_event, base_of_event(git, context));
  if (!of_event) return found_by({"origin/" + config.baseline.branch, config.baseline.branch}, config.baseline.branch);
  if (of_event->is_parent) return Base{of_event->sha, branch, true};
  return found_by({of_event->sha},
                  context.event == "push" && of_event->sha == context.base_sha ? "the commit before the push" : branch);
}

// The nearest tag before `from` that is a release.
Result<Base> release_before(const checkout::Git& git, const std::string& glob, const std::string& from) {
  const Result<std::string> tag = git.run({"describe", "--tags", "--abbrev=0", "--match=" + glob, from});
  if (!tag)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("no tag before {} matches '{}'", shortened(from), text::one_line(glob)),
                 .hint = "fetch the tags (`fetch-depth: 0`), or set `baseline.tag`"};
  PW_TRY_ASSIGN(std::string sha, git.resolve("refs/tags/" + *tag));
  return Base{.sha = std::move(sha), .of = "release " + *tag, .itself = true};
}

void warn_of_age(World& world, const checkout::Git& git, const Base& base, std::vector<Warning>& warnings) {
  constexpr std::int64_t k_day_s = 86'400, k_stale_days = 180;
  const Result<std::string> committed = git.run({"log", "-1", "--format=%ct", base.sha});
  const std::int64_t time = committed ? text::to_integer(*committed).value_or(0) : 0;
  if (time > 0 && world.clock.unix_s() - time > k_stale_days * k_day_s)
    warnings.push_back(
        {"stale-baseline", fmt::format("{} is more than {} days old: small changes of every commit since add up",
                                       base.of, k_stale_days)});
}

}  // namespace

Result<Base> base_commit(const checkout::Git& git, const Config& config, const RunContext& context,
                         const std::string& named) {
  if (!named.empty()) return named_base(git, named);
  if (config.baseline.strategy == BaselineStrategy::pinned) return named_base(git, config.baseline.commit);
  PW_TRY_ASSIGN(Base base, where_it_left_off(git, config, context));
  if (config.baseline.strategy != BaselineStrategy::release) return base;
  // A release is not compared with itself.
  const bool is_head = base.sha == git.resolve("HEAD").value_or("");
  return release_before(git, config.baseline.tag, is_head ? base.sha + "^" : base.sha);
}

Result<Checkouts> choose_checkouts(World& world, const Config& config, const RunContext& context,
                                   const Machine& machine, const CheckoutOptions& options) {
  if (!options.base_dir.empty() || !options.head_dir.empty()) return named_directories(world, options);
  const checkout::Git git = repository(world);
  PW_TRY_ASSIGN(const bool in_repository, git.is_repository());
  for (const auto& [side, named] : {std::pair{"base", &options.base}, {"head", &options.head}})
    if (!in_repository && !named->empty())
      return Error{.kind = ErrorKind::usage,
                   .what = fmt::format("this folder is not in a git repository, so there is no {} '{}'", side,
                                       text::one_line(*named)),
                   .hint = "run this in a checkout, or name two folders (--base-dir, --head-dir)"};
  if (!options.head.empty()) return named_commits(world, git, config, options);
  Checkouts sides;
  sides.keep = options.keep;
  sides.head_sha = git.resolve("HEAD").value_or(context.head_sha);
  sides.branch = !context.head_ref.empty() ? context.head_ref : git.branch().value_or("");
  sides.head_label = sides.branch;
  if (in_repository && !options.head_is_measured) PW_TRY(refuse_base_as_head(git, context, sides.head_sha));
  if (config.baseline.strategy == BaselineStrategy::file && options.base.empty())
    return from_file(world, config, options, std::move(sides));
  if (!in_repository)
    return from_cache(std::move(sides), git, config, machine, "this folder is not in a git repository");
  if (options.head_is_measured || (config.baseline.strategy == BaselineStrategy::cached && options.base.empty()))
    return from_cache(std::move(sides), git, config, machine, "");
  const Result<Base> base = base_commit(git, config, context, options.base);
  if (!base) {
    const Error& error = base.error();
    if (!options.base.empty() || context.of_pull_request || error.kind != ErrorKind::usage) return error;
    return from_cache(std::move(sides), git, config, machine,
                      error.what + (error.hint.empty() ? "" : " (" + error.hint + ")"));
  }
  sides.uncommitted = options.worktree;
  if (sides.uncommitted) sides.head_label = "the working folder";
  if (base->sha == sides.head_sha && !sides.uncommitted) {
    if (!options.base.empty())
      return Error{.kind = ErrorKind::usage,
                   .what = "base and head are the same commit " + shortened(base->sha),
                   .hint = "commit the change to be checked, or name another base (`--base HEAD~1`)"};
    return from_cache(std::move(sides), git, config, machine,
                      "HEAD is part of " + config.baseline.branch +
                          ": commit the change to be checked, or name what to compare with, such as `--base HEAD~1`");
  }
  const BaselineStrategy strategy = config.baseline.strategy;
  const bool is_old = strategy == BaselineStrategy::release || strategy == BaselineStrategy::pinned;
  if (is_old && options.base.empty()) warn_of_age(world, git, *base, sides.warnings);
  sides.base_sha = base->sha;
  sides.base_label = (base->itself ? "" : base->is_parent ? "tip of " : "merge base with ") + base->of;
  const std::string prefix = git.prefix();
  if (const std::string why = why_not_buildable(git, config, prefix, sides.base_sha); !why.empty())
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
