#include "app/pipe/trusted_config.hpp"

#include <optional>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/input.hpp"
#include "app/pipe/checkouts.hpp"

namespace perfwarden::app {
namespace {

// Makes the base commit readable: actions/checkout may have fetched one commit only.
Status ensure_commit(const checkout::Git& git, const std::string& sha) {
  if (git.resolve(sha)) return Nothing{};
  (void)git.run({"fetch", "--no-tags", "--quiet", "--depth=1", "origin", sha}).has_value();
  if (git.resolve(sha)) return Nothing{};
  return Error{.kind = ErrorKind::config,
               .what = "the base commit " + sha.substr(0, 10) + " is not in this clone, so its budgets cannot be read",
               .hint = "let actions/checkout fetch the history (`fetch-depth: 0`)"};
}

struct BaseFile {
  std::string name, text;
};

// The config of the base commit: at the name that was given, else at the first of the usual ones that the base commit
// has, wherever the pull request keeps its own. nullopt: the base commit has none. Error when git fails for another
// reason.
Result<std::optional<BaseFile>> config_of_base(const World& world, const checkout::Git& git, const std::string& sha,
                                               const ConfigOptions& options) {
  std::vector<std::string> names(config::k_file_names.begin(), config::k_file_names.end());
  if (const std::string given = options.file.empty() ? input(world, "config") : options.file; !given.empty())
    names = {given};
  const std::string prefix = git.prefix();
  for (const std::string& name : names) {
    PW_TRY_ASSIGN(const bool is_there, git.has_file(sha, prefix + name));
    if (!is_there) continue;
    PW_TRY_ASSIGN(std::string text, git.show(sha, prefix + name));
    return std::optional<BaseFile>(BaseFile{name, std::move(text)});
  }
  return std::optional<BaseFile>();
}

}  // namespace

Result<TrustedConfig> trusted_config(World& world, const RunContext& context, const ConfigOptions& options) {
  TrustedConfig trusted;
  if (!context.in_github || !context.is_pull_request() || context.base_sha.empty()) {
    PW_TRY_ASSIGN(trusted.file, config_file(world, options));
    PW_TRY_ASSIGN(trusted.loaded, load_config(world, options));
    if (context.from_fork) config::distrust(trusted.loaded);
    return trusted;
  }
  const checkout::Git git = repository(world);
  PW_TRY(ensure_commit(git, context.base_sha));
  PW_TRY_ASSIGN(const std::optional<BaseFile> base, config_of_base(world, git, context.base_sha, options));
  if (!base) {
    PW_TRY_ASSIGN(trusted.file, config_file(world, options));
    PW_TRY_ASSIGN(trusted.loaded, load_config(world, options));
    trusted.loaded.config.mode = Mode::observe;
    config::distrust(trusted.loaded);
    trusted.warnings.push_back(
        {std::string(k_config_is_new),
         trusted.file + " is new with this pull request: its budgets are reported, but not enforced yet"});
    return trusted;
  }
  trusted.from_base = true;
  trusted.file = base->name;
  PW_TRY_ASSIGN(trusted.loaded, load_config_text(world, options, base->text, base->name));
  // What the pull request would read after the merge.
  const Result<std::string> head_file = config_file(world, options);
  const Result<std::string> head_text = head_file ? read_input(*head_file) : head_file;
  if (!head_text || *head_file != base->name || *head_text != base->text)
    trusted.warnings.push_back({"config-changed", "this pull request changes " + trusted.file +
                                                      ": the base branch's version was applied; the change counts "
                                                      "once it is merged"});
  return trusted;
}

}  // namespace perfwarden::app
