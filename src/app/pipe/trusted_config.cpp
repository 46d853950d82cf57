#include "app/pipe/trusted_config.hpp"

#include "app/cli/files.hpp"
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

}  // namespace

Result<TrustedConfig> trusted_config(World& world, const RunContext& context, const ConfigOptions& options) {
  TrustedConfig trusted;
  PW_TRY_ASSIGN(trusted.file, config_file(world, options));
  if (!context.in_github || !context.is_pull_request() || context.base_sha.empty()) {
    PW_TRY_ASSIGN(trusted.loaded, load_config(world, options));
    if (context.from_fork) config::distrust(trusted.loaded);
    return trusted;
  }
  const checkout::Git git = repository(world);
  PW_TRY(ensure_commit(git, context.base_sha));
  const std::string path = git.prefix() + trusted.file;
  const Result<std::string> base_text = git.show(context.base_sha, path);
  if (!base_text) {
    PW_TRY_ASSIGN(trusted.loaded, load_config(world, options));
    trusted.loaded.config.mode = Mode::observe;
    config::distrust(trusted.loaded);
    trusted.warnings.push_back(
        {std::string(k_config_is_new),
         trusted.file + " is new with this pull request: its budgets are reported, but not enforced yet"});
    return trusted;
  }
  trusted.from_base = true;
  PW_TRY_ASSIGN(trusted.loaded, load_config_text(world, options, *base_text, trusted.file));
  const Result<std::string> head_text = read_input(trusted.file);
  if (!head_text || *head_text != *base_text)
    trusted.warnings.push_back({"config-changed", "this pull request changes " + trusted.file +
                                                      ": the base branch's version was applied; the change counts "
                                                      "once it is merged"});
  return trusted;
}

}  // namespace perfwarden::app
