#include "app/pipe/trusted_config.hpp"

#include <optional>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/event_base.hpp"
#include "github/run_context.hpp"

namespace perfwarden::app {
namespace {

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

// Of a pull request, or of what is about to be merged or was pushed.
std::string change_of(const RunContext& context) {
  return context.of_pull_request ? "this pull request" : "head";
}

bool any_here(const World& world, const ConfigOptions& options) {
  return !options.file.empty() || !input(world, "config").empty() || config::find_file(".").has_value();
}

// The checkout's own. nullopt: there is none.
Result<std::optional<TrustedConfig>> config_of_checkout(World& world, const RunContext& context,
                                                        const ConfigOptions& options) {
  if (!any_here(world, options)) return std::optional<TrustedConfig>();
  TrustedConfig own;
  PW_TRY_ASSIGN(own.file, config_file(world, options));
  PW_TRY_ASSIGN(own.loaded, load_config(world, options));
  if (context.from_fork) config::distrust(own.loaded);
  return std::optional(std::move(own));
}

Result<std::optional<TrustedConfig>> new_config(World& world, const RunContext& context, const ConfigOptions& options) {
  PW_TRY_ASSIGN(std::optional<TrustedConfig> own, config_of_checkout(world, context, options));
  if (!own) return own;
  own->loaded.config.mode = Mode::observe;
  config::distrust(own->loaded);
  own->warnings.push_back({std::string(k_config_is_new), own->file + " is new with " + change_of(context) +
                                                             ": its budgets are reported, but not enforced yet"});
  return own;
}

Result<std::optional<TrustedConfig>> find_config(World& world, const RunContext& context,
                                                 const ConfigOptions& options) {
  const checkout::Git git = repository(world);
  // Jobs that only compare or publish need no checkout.
  if (!any_here(world, options) && !git.is_repository().value_or(true)) return std::optional<TrustedConfig>();
  PW_TRY_ASSIGN(const std::optional<EventBase> event_base, base_of_event(git, context));
  if (!event_base) return config_of_checkout(world, context, options);
  PW_TRY_ASSIGN(const std::optional<BaseFile> base, config_of_base(world, git, event_base->sha, options));
  if (!base) return new_config(world, context, options);
  TrustedConfig trusted;
  trusted.base_sha = event_base->sha;
  trusted.file = base->name;
  Result<config::Loaded> loaded = load_config_text(world, options, base->text, base->name);
  if (!loaded) {
    loaded.error().hint = "this is the version of the base commit " + event_base->sha.substr(0, 10) +
                          ", which decides" + (loaded.error().hint.empty() ? "" : "; " + loaded.error().hint);
    return std::move(loaded).error();
  }
  trusted.loaded = *std::move(loaded);
  // What would be read once the change is in.
  const Result<std::string> head_file = config_file(world, options);
  const Result<std::string> head_text = head_file ? read_input(*head_file) : head_file;
  if (!head_text || *head_file != base->name || *head_text != base->text)
    trusted.warnings.push_back(
        {"config-changed", change_of(context) + " changes " + trusted.file + ": the base " +
                               (context.of_pull_request ? "branch" : "commit") +
                               "'s version was applied; the change counts " +
                               (context.event == "push" ? "from the next push on" : "once it is merged")});
  return std::optional(std::move(trusted));
}

void find_branch(const checkout::Git& git, const RunContext& context, config::Loaded& loaded) {
  for (const config::Origin& origin : loaded.origins)
    if (origin.key == "baseline.branch" && origin.origin == "default")
      loaded.config.baseline.branch = usual_branch(git, context);
}

}  // namespace

Result<std::optional<TrustedConfig>> trusted_config_if_any(World& world, const RunContext& context,
                                                           const ConfigOptions& options) {
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, find_config(world, context, options));
  if (found) find_branch(repository(world), context, found->loaded);
  return found;
}

Result<TrustedConfig> trusted_config(World& world, const RunContext& context, const ConfigOptions& options) {
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options));
  if (found) return *std::move(found);
  return no_config();
}

Result<TrustedConfig> trusted_config_or_default(World& world, const ConfigOptions& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options));
  if (found) return *std::move(found);
  TrustedConfig none;
  // Through the loader, so that variables of the environment count.
  constexpr std::string_view k_usual = "version: 1\nsuites: { default: { run: \"true\" } }\nbudgets: { \"*\": +5% }\n";
  PW_TRY_ASSIGN(none.loaded, load_config_text(world, options, k_usual, "the usual budget"));
  none.loaded.config.suites.clear();  // that one is only there since a config must have one
  none.loaded.config.hash.clear();
  note(world, "no perfwarden.yml here: judged by a budget of +5 % on everything");
  return none;
}

Budget usual_budget() {
  Limit limit;
  limit.soft = Change{0.05, true, "", "+5%"};
  return {"*", {{"", limit}}, false, {}};
}

}  // namespace perfwarden::app
