#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.hpp"
#include "checkout/worktree.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

constexpr double k_timeout_s = 300;
constexpr std::size_t k_most_output = std::size_t{64} << 20;

// Our own settings, whatever the user's own config says. The clone's is not read at all (private_repository.hpp), but a
// worktree's and a submodule's hold what was put there.
constexpr std::pair<const char*, const char*> k_settings[] = {
    {"safe.directory", "*"},  // the workspace belongs to the runner's user, we may be root
    {"core.hooksPath", "/dev/null"},
    {"core.fsmonitor", "false"},
    {"gc.auto", "0"},
    {"maintenance.auto", "false"},
    {"safe.bareRepository", "explicit"},  // a folder that looks like one may have been
                                          // committed
    {"protocol.ext.allow", "never"},
    {"fetch.recurseSubmodules", "false"},
    {"submodule.recurse", "false"},
};

// Variables by which a git that called us (a hook, say) points at its own repository, or names programs.
constexpr const char* k_dropped[] = {"GIT_DIR",
                                     "GIT_WORK_TREE",
                                     "GIT_INDEX_FILE",
                                     "GIT_PREFIX",
                                     "GIT_COMMON_DIR",
                                     "GIT_OBJECT_DIRECTORY",
                                     "GIT_NAMESPACE",
                                     "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                     "GIT_EXTERNAL_DIFF",
                                     "GIT_PAGER",
                                     "GIT_CONFIG",
                                     "GIT_CONFIG_PARAMETERS",
                                     "GIT_LITERAL_PATHSPECS"};

void add_settings(std::map<std::string, std::string>& env, const Settings& settings) {
  long long count = text::to_integer(env["GIT_CONFIG_COUNT"]).value_or(0);
  for (const auto& [key, value] : settings) {
    env[fmt::format("GIT_CONFIG_KEY_{}", count)] = key;
    env[fmt::format("GIT_CONFIG_VALUE_{}", count)] = value;
    ++count;
  }
  env["GIT_CONFIG_COUNT"] = std::to_string(count);
}

// Keeps the caller's complete GIT_CONFIG_KEY_n/VALUE_n pairs (a secret one may have been taken out of the middle, which
// git would refuse) and puts ours after them, where they win.
void set_config(std::map<std::string, std::string>& env) {
  constexpr long long k_most = 1000;
  Settings pairs;
  const long long count = text::to_integer(env["GIT_CONFIG_COUNT"]).value_or(0);
  for (long long i = 0; i < std::min(count, k_most); ++i) {
    const auto key = env.find(fmt::format("GIT_CONFIG_KEY_{}", i));
    const auto value = env.find(fmt::format("GIT_CONFIG_VALUE_{}", i));
    if (key != env.end() && value != env.end()) pairs.emplace_back(key->second, value->second);
  }
  pairs.insert(pairs.end(), std::begin(k_settings), std::end(k_settings));
  std::erase_if(env, [](const auto& variable) {
    return variable.first.starts_with("GIT_CONFIG_KEY_") || variable.first.starts_with("GIT_CONFIG_VALUE_");
  });
  env["GIT_CONFIG_COUNT"] = "0";
  add_settings(env, pairs);
}

Error refused(std::string what, std::string hint = "") {
  return {.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

// A name that git may be asked about. Anything may be a branch's name except what looks like an option or breaks a
// line.
Status check_revision(const std::string& revision) {
  constexpr std::size_t k_longest = 1024;
  const bool breaks =
      std::any_of(revision.begin(), revision.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (revision.empty() || revision.size() > k_longest || revision.front() == '-' || breaks)
    return refused(fmt::format("'{}' is not a revision", text::truncate(text::one_line(revision), 80)),
                   "give a commit, a branch or a tag");
  return Nothing{};
}

bool is_sha(const std::string& text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// The line of stderr that says why: the one with "fatal:" or "error:", else the last.
std::string why(const os::ProcessResult& result) {
  std::string_view found;
  for (const std::string_view line : text::lines(result.err)) {
    if (text::trim(line).empty()) continue;
    found = line;
    if (line.starts_with("fatal:") || line.starts_with("error:")) break;
  }
  return found.empty() ? result.describe() : text::one_line(found);
}

}  // namespace

Git::Git(os::Processes& processes, std::string directory, std::map<std::string, std::string> env,
         std::shared_ptr<Ways> ways)
    : processes_(processes),
      directory_(std::move(directory)),
      env_(std::move(env)),
      ways_(ways ? std::move(ways) : std::make_shared<Ways>()) {
  for (const char* name : k_dropped) env_.erase(name);
  set_config(env_);
  env_["GIT_TERMINAL_PROMPT"] = "0";
  env_["GIT_OPTIONAL_LOCKS"] = "0";
  env_["LC_ALL"] = "C";
}

Result<os::ProcessResult> Git::start(const std::vector<std::string>& arguments) const {
  PW_TRY_ASSIGN(const Way way, ways_->to(directory_, processes_, env_));
  os::Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.cwd = directory_;
  command.env = env_;
  if (way.repository) {
    command.env["GIT_DIR"] = way.repository->folder();
    command.env["GIT_WORK_TREE"] = way.repository->top();
    add_settings(command.env, way.repository->secret_settings());
  }
  if (way.user) {
    command.uid = way.user->uid;
    command.gid = way.user->gid;
  }
  command.timeout_s = k_timeout_s;
  command.max_output_bytes = k_most_output;
  command.even_when_stopping = arguments.size() > 1 && arguments[0] == "worktree" && arguments[1] != "add";
  Result<os::ProcessResult> result = processes_.run(command);
  if (!result && result.error().hint.empty() && result.error().what.starts_with("cannot run"))
    result.error().hint = "install git, or give both sides as folders";
  return result;
}

Result<std::string> Git::run(const std::vector<std::string>& arguments) const {
  PW_TRY_ASSIGN(os::ProcessResult result, start(arguments));
  const std::string verb = arguments.empty() ? "git" : "git " + arguments.front();
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = verb + " was interrupted"};
  if (!result.ok()) return Error{.kind = ErrorKind::io, .what = fmt::format("{} failed: {}", verb, why(result))};
  if (result.out_truncated) return Error{.kind = ErrorKind::io, .what = verb + " wrote more than can be kept"};
  if (result.out.ends_with('\n')) result.out.pop_back();
  return std::move(result.out);
}

Git Git::in(const std::string& directory) const {
  Git other = *this;
  other.directory_ = directory;
  return other;
}

Result<std::string> Git::top_level() const {
  return run({"rev-parse", "--show-toplevel"});
}

Result<std::string> Git::common_directory() const {
  PW_TRY_ASSIGN(std::string found, run({"rev-parse", "--git-common-dir"}));  // --path-format came with git 2.31
  return found.starts_with('/') ? std::move(found) : os::absolute_path(directory_ + "/" + found);
}

Result<bool> Git::is_repository() const {
  PW_TRY_ASSIGN(const os::ProcessResult result, start({"rev-parse", "--show-toplevel"}));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git rev-parse was interrupted"};
  if (result.ok()) return true;
  if (result.err.find("not a git repository") != std::string::npos) return false;
  return Error{.kind = ErrorKind::io, .what = "git does not work here: " + why(result)};
}

std::string Git::prefix() const {
  return run({"rev-parse", "--show-prefix"}).value_or("");
}

Result<std::string> Git::resolve(const std::string& revision) const {
  PW_TRY(check_revision(revision));
  PW_TRY_ASSIGN(const os::ProcessResult result,
                start({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git rev-parse was interrupted"};
  std::string sha(text::trim(result.out));
  if (result.ok() && is_sha(sha)) return sha;
  // Quiet about unknown names, but not about a repository that it cannot read.
  const std::string_view said = text::trim(result.err);
  if (!said.empty()) return Error{.kind = ErrorKind::io, .what = "git rev-parse failed: " + why(result)};
  return refused(fmt::format("'{}' is not a commit of this repository", text::truncate(text::one_line(revision), 80)),
                 is_shallow().value_or(false)
                     ? "the clone is shallow: let actions/checkout fetch the history (`fetch-depth: 0`)"
                     : "check its spelling, or fetch it");
}

Result<std::string> Git::tree(const std::string& revision) const {
  PW_TRY_ASSIGN(const std::string commit, resolve(revision));
  PW_TRY_ASSIGN(std::string found, run({"rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{tree}"}));
  if (!is_sha(found))
    return Error{.kind = ErrorKind::io, .what = "git rev-parse named no tree: " + text::one_line(found)};
  return found;
}

Result<std::string> Git::merge_base(const std::string& a, const std::string& b) const {
  PW_TRY_ASSIGN(const std::string first, resolve(a));
  PW_TRY_ASSIGN(const std::string second, resolve(b));
  PW_TRY_ASSIGN(const os::ProcessResult result, start({"merge-base", "--end-of-options", first, second}));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git merge-base was interrupted"};
  const std::vector<std::string_view> found = text::lines(result.out);
  if (result.ok() && !found.empty() && is_sha(std::string(found[0]))) return std::string(found[0]);
  if (!text::trim(result.err).empty())
    return Error{.kind = ErrorKind::io, .what = "git merge-base failed: " + why(result)};
  return refused(fmt::format("{} and {} have no common ancestor here", first.substr(0, 10), second.substr(0, 10)),
                 is_shallow().value_or(false)
                     ? "the clone is shallow: let actions/checkout fetch the history (`fetch-depth: 0`)"
                     : "name a base that shares history with it");
}

Result<std::vector<std::string>> Git::parents(const std::string& revision) const {
  PW_TRY_ASSIGN(const std::string sha, resolve(revision));
  PW_TRY_ASSIGN(const std::string commit, run({"cat-file", "commit", sha}));
  std::vector<std::string> out;
  for (const std::string_view line : text::lines(commit)) {
    constexpr std::string_view k_parent = "parent ";
    if (line.empty()) break;  // the message begins
    if (!line.starts_with(k_parent)) continue;
    std::string parent(line.substr(k_parent.size()));
    if (!is_sha(parent)) return Error{.kind = ErrorKind::io, .what = "the commit " + sha + " is damaged"};
    out.push_back(std::move(parent));
  }
  return out;
}

Status Git::ensure(const std::string& sha) const {
  const Result<std::string> here = resolve(sha);
  if (here) return Nothing{};
  if (here.error().kind != ErrorKind::usage) return here.error();
  (void)run({"fetch", "--no-tags", "--quiet", "--depth=1", "origin", sha}).has_value();
  if (resolve(sha)) return Nothing{};
  return refused("the commit " + sha.substr(0, 10) + " is not in this clone",
                 "let actions/checkout fetch the history (`fetch-depth: 0`)");
}

Result<std::string> Git::branch() const {
  PW_TRY_ASSIGN(const os::ProcessResult result, start({"symbolic-ref", "--quiet", "--short", "HEAD"}));
  if (result.ok()) return std::string(text::trim(result.out));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git symbolic-ref was interrupted"};
  if (result.exit_status == 1 && result.signal == 0 && !result.timed_out) return std::string();
  return Error{.kind = ErrorKind::io, .what = "git symbolic-ref failed: " + why(result)};
}

Result<bool> Git::is_shallow() const {
  PW_TRY_ASSIGN(const std::string answer, run({"rev-parse", "--is-shallow-repository"}));
  return answer == "true";
}

Result<bool> Git::has_changes() const {
  PW_TRY_ASSIGN(const std::string answer, run({"status", "--porcelain", "--untracked-files=no",
                                               // Not by a git that looks into them, and reads their settings.
                                               "--ignore-submodules=dirty"}));
  return !answer.empty();
}

bool Git::is_head() const {
  return !run({"ls-files", "--", "."}).value_or("").empty() && !has_changes().value_or(true);
}

Status Git::check_path(const std::string& path) {
  const auto parts = text::split(path, '/');
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos ||
      std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part == ".."; }))
    return refused(fmt::format("'{}' is not a path inside the repository", text::one_line(path)));
  return Nothing{};
}

Result<bool> Git::has_file(const std::string& revision, const std::string& path) const {
  PW_TRY(check_path(path));
  PW_TRY_ASSIGN(const std::string sha, resolve(revision));
  // By its own name, not as a pattern: `:(top,literal)`.
  PW_TRY_ASSIGN(const std::string found,
                run({"ls-tree", "--full-tree", "--end-of-options", sha, ":(top,literal)" + path}));
  return found.find(" blob ") != std::string::npos;
}

Result<std::vector<std::string>> Git::list(const std::string& revision, const std::string& path) const {
  PW_TRY(check_path(path));
  PW_TRY_ASSIGN(const std::string sha, resolve(revision));
  PW_TRY_ASSIGN(const std::string found, run({"ls-tree", "--full-tree", "--name-only", "-z", "--end-of-options", sha,
                                              ":(top,literal)" + path + "/"}));
  std::vector<std::string> out;
  for (const std::string_view name : text::split(found, '\0'))
    if (name.size() > path.size() + 1) out.emplace_back(name.substr(path.size() + 1));
  return out;
}

Result<bool> Git::tracks(const std::string& path) const {
  PW_TRY_ASSIGN(const std::string found, run({"ls-files", "-z", "--", ":(literal)" + path}));
  return !found.empty();
}

Result<std::string> Git::show(const std::string& revision, const std::string& path) const {
  PW_TRY(check_path(path));
  PW_TRY_ASSIGN(const std::string sha, resolve(revision));
  PW_TRY_ASSIGN(os::ProcessResult result, start({"cat-file", "blob", "--end-of-options", sha + ":" + path}));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git cat-file was interrupted"};
  if (!result.ok())
    return Error{
        .kind = ErrorKind::io,
        .what = fmt::format("'{}' is not in commit {}: {}", text::one_line(path), sha.substr(0, 10), why(result))};
  if (result.out_truncated)
    return Error{.kind = ErrorKind::io, .what = "the file is too large to be read", .where = path};
  return std::move(result.out);
}

}  // namespace perfwarden::checkout
