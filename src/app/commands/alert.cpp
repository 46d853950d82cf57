#include "app/history/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/digest.hpp"
#include "app/history/open.hpp"
#include "app/history/person.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/text.hpp"
#include "dashboard/api/triage.hpp"
#include "github/run_context.hpp"
#include "trend/triage.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_least_threshold_percent = 0.1;
constexpr double k_most_threshold_percent = 1000;
constexpr double k_most_digest_days = 366;
constexpr std::int64_t k_digest_day_s = 86'400;

struct AlertVerb {
  ConfigOptions config;
  AlertSearch search;
  double threshold_percent = trend::AlertOptions{}.threshold * 100;
  std::string confidence = "MEDIUM", reason, as;
  std::string last_before, first_changed;  // of a nudge
  std::vector<std::string> ids;
  bool all = false, as_json = false;
  std::size_t days = 7;  // of a digest
  bool send = false;
};

Result<ExitCode> show_alerts(World& world, const AlertVerb& options, store::Store& store,
                             const std::vector<Alert>& shown, const std::string& branch) {
  PW_TRY_ASSIGN(const std::vector<Alert> all, store.alerts());
  PW_TRY_ASSIGN(const Background background, background_of(store, branch));
  world.console.out(options.as_json ? alerts_json(world, shown, all, background)
                                    : alerts_text(world, shown, all, background));
  return k_pass;
}

Result<ExitCode> search_alerts(World& world, const AlertVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  AlertSearch search = options.search;
  if (search.branch.empty()) search.branch = config.baseline.branch;
  search.options.threshold = options.threshold_percent / 100;
  search.options.confidence = from_name<Confidence>(options.confidence).value_or(Confidence::medium);
  search.options.now = os::rfc3339(world.clock.unix_s());
  PW_TRY_ASSIGN(const std::vector<Alert> changed, find_alerts(*store, search));
  give_back(".perfwarden");
  if (changed.empty())
    note(world, "no new change of level on branch " + text::one_line(search.branch) +
                    ": `perfwarden trend` shows what was looked at, `perfwarden alert list` the open alerts");
  return show_alerts(world, options, *store, changed, search.branch);
}

Result<ExitCode> list_alerts(World& world, const AlertVerb& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  PW_TRY_ASSIGN(std::vector<Alert> shown, store->alerts());
  std::erase_if(shown, [&](const Alert& alert) {
    return (!options.all && !alert.is_live()) || !text::glob_match_prefix(options.search.series, alert.series.path());
  });
  return show_alerts(world, options, *store, shown, config.baseline.branch);
}

Result<ExitCode> change_alerts(World& world, const AlertVerb& options, const trend::Action& action) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  PW_TRY_ASSIGN(const std::vector<Alert> all, store->alerts());
  const trend::Doing doing{.who = person(world),
                           .time = os::rfc3339(world.clock.unix_s()),
                           .why = options.reason,
                           .how = options.as,
                           .range = {options.last_before, options.first_changed}};
  std::vector<Alert> changed;
  for (const std::string& id : options.ids) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Alert& alert) { return std::to_string(alert.id) == id; });
    if (found == all.end())
      return Error{.kind = ErrorKind::usage,
                   .what = "there is no alert " + text::one_line(id),
                   .hint = "`perfwarden alert list --all` shows all alerts"};
    changed.push_back(*found);
    PW_TRY_ASSIGN(AlertEvent event, trend::event_of(action, *found, doing));
    changed.back().events.push_back(std::move(event));
  }
  PW_TRY_ASSIGN(const std::size_t written, dashboard::save(*store, action, changed));
  if (written != changed.size())
    return Error{.kind = ErrorKind::usage,
                 .what = "somebody else has just changed one of these alerts",
                 .hint = "look at it with `perfwarden alert list --all`, and try again"};
  for (const Alert& alert : changed)
    note(world, fmt::format("alert {} is {} now", alert.id, name_of(alert.state().status)));
  return k_pass;
}

// Sent only by what the base commit says of addresses.
Result<ExitCode> tell_digest(World& world, const AlertVerb& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config(world, context, options.config));
  const Config& config = trusted.loaded.config;
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  PW_TRY_ASSIGN(const std::vector<Alert> all, store->alerts());
  const std::int64_t now = world.clock.unix_s();
  const std::string since = os::rfc3339(now - static_cast<std::int64_t>(options.days) * k_digest_day_s);
  const std::string branch = options.search.branch.empty() ? config.baseline.branch : options.search.branch;
  const std::string digest = digest_of(all, branch, since, os::rfc3339(now));
  if (digest.empty()) {
    note(world, fmt::format("no alert of {} ended in the last {} days, and none is open", text::one_line(branch),
                            options.days));
    return k_pass;
  }
  world.console.out(digest);
  if (!options.send) return k_pass;
  PW_TRY_ASSIGN(const std::size_t taken, send_digest(world, config, context, digest));
  if (taken == 0)
    return Error{.kind = ErrorKind::config,
                 .what = "nobody is told anything, so the digest was not sent",
                 .hint = "set `tell` of publish.slack, publish.teams, publish.email or publish.webhook"};
  return k_pass;
}

std::vector<std::string> words_of(const std::vector<Resolution>& how) {
  std::vector<std::string> words;
  words.reserve(how.size());
  for (const Resolution one : how) words.emplace_back(name_of(one));
  return words;
}

Run declare_alert(Verb& verb) {
  auto options = std::make_shared<AlertVerb>();
  using AlertWork = std::function<Result<ExitCode>(World&, const AlertVerb&)>;
  auto chosen = std::make_shared<AlertWork>(search_alerts);
  verb.add_option("--threshold", options->threshold_percent,
                  "Smallest change of level that is worth an alert, in percent")
      .within(k_least_threshold_percent, k_most_threshold_percent)
      .show_default();
  verb.add_option("--confidence", options->confidence,
                  "HIGH: all of the 99 % interval is beyond the threshold; MEDIUM: its middle is")
      .one_of({"HIGH", "MEDIUM"});
  verb.add_option("--series", options->search.series, "Glob of suite/benchmark/metric; default all");
  verb.add_option("--branch", options->search.branch, "Branch; default baseline.branch");
  verb.add_option("--runs", options->search.runs, "How many of the newest runs of a series are looked at")
      .within(1, 1'000'000)
      .show_default();
  verb.add_flag("--json", options->as_json, "As JSON (perfwarden.alerts/1)");
  add_config_file(verb, options->config);

  Verb listing = verb.add_subcommand("list", "Open alerts, in groups that may have one cause",
                                     [chosen] { *chosen = list_alerts; });
  listing.add_flag("--all", options->all, "Also those that have ended");
  listing.add_option("--series", options->search.series, "Glob of suite/benchmark/metric; default all");
  listing.add_flag("--json", options->as_json, "As JSON (perfwarden.alerts/1)");
  add_config_file(listing, options->config);

  Verb digesting =
      verb.add_subcommand("digest", "What ended, what is new, and what is still open, for a weekly message",
                          [chosen] { *chosen = tell_digest; });
  digesting.add_option("--days", options->days, "How far to look back").within(1, k_most_digest_days).show_default();
  digesting.add_option("--branch", options->search.branch, "Branch; default baseline.branch");
  digesting.add_flag("--send", options->send, "Send it to Slack, Teams, mail and webhooks, as `publish` is configured");
  add_config_file(digesting, options->config);

  for (const trend::Action& action : trend::actions()) {
    Verb changing = verb.add_subcommand(std::string(action.name), std::string(action.summary), [chosen, &action] {
      *chosen = [&action](World& world, const AlertVerb& given) { return change_alerts(world, given, action); };
    });
    changing.add_option("ids", options->ids, "Numbers of the alerts, as `alert list` prints them").required();
    changing.add_option("--reason", options->reason, "Why, for people who look at the alert later").required();
    if (action.how.size() > 1)
      changing.add_option("--as", options->as, "How; default the first").one_of(words_of(action.how));
    if (action.moves) {
      changing.add_option("--after", options->last_before, "The last commit without the change").required();
      changing.add_option("--first", options->first_changed, "The first commit that has it").required();
    }
    add_config_file(changing, options->config);
  }
  return [options, chosen](World& world) { return (*chosen)(world, *options); };
}

}  // namespace

extern const Command k_command_alert{
    "alert",
    "Changes of level in the history: find them, see what may have caused them, say what became of them",
    declare_alert,
    "  perfwarden alert --threshold 5 --confidence HIGH          look for changes on the baseline branch\n"
    "  perfwarden alert list                                     what is open\n"
    "  perfwarden alert resolve 7 --as reverted --reason \"#123\"\n"
    "  perfwarden alert digest --days 7 --send                   a weekly message, by the notifiers of the config",
    {k_not_measured, k_not_published}};

}  // namespace perfwarden::app
