#include "app/bisect/from_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "app/bisect/commits.hpp"
#include "app/cli/messages.hpp"
#include "app/history/commits.hpp"
#include "app/history/open.hpp"
#include "app/history/person.hpp"
#include "app/pipe/publication.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "os/clock.hpp"
#include "store/store.hpp"
#include "trend/triage.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_of_an_alert = 10;  // the change lies in the range of an alert ten times as likely as elsewhere

Result<Alert> find_alert(store::Store& store, std::int64_t id) {
  PW_TRY_ASSIGN(const std::vector<Alert> all, store.alerts());
  const auto found = std::find_if(all.begin(), all.end(), [id](const Alert& alert) { return alert.id == id; });
  if (found != all.end()) return *found;
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("there is no alert {}", id),
               .hint = "`perfwarden alert list --all` shows all alerts"};
}

}  // namespace

Result<Alert> alert_of(World& world, const Config& config, std::int64_t id) {
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  PW_TRY_ASSIGN(Alert alert, find_alert(*store, id));
  const CommitRange range = alert.range();
  if (is_sha(range.last_before) && is_sha(range.first_changed)) return alert;
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("alert {} lies between '{}' and '{}', which are not commits", id,
                                   text::one_line(range.last_before), text::one_line(range.first_changed)),
               .hint = "give --good and --bad"};
}

Result<Priors> priors_in_history(World& world, const Config& config, std::span<const Commit> range,
                                 const std::string& benchmark) {
  Priors out;
  if (config.history.empty() || !store::exists(config.history).value_or(false)) return out;
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::read, patience(world)));
  PW_TRY_ASSIGN(const std::vector<Alert> alerts, store->alerts());
  const auto place_of = [&](const std::string& sha) {
    return std::find_if(range.begin(), range.end(), [&](const Commit& commit) { return commit.sha == sha; });
  };
  for (const Alert& alert : alerts) {
    if (alert.direction != Direction::regression || alert.state().status == AlertStatus::false_positive) continue;
    if (!text::glob_match_prefix(benchmark, alert.series.path())) continue;
    const auto before = place_of(alert.range().last_before);
    const auto changed = place_of(alert.range().first_changed);
    if (before >= changed || changed == range.end()) continue;  // not, or not wholly, in the range
    for (auto commit = before + 1; commit <= changed; ++commit) out[commit->sha] = k_of_an_alert;
  }
  return out;
}

Status nudge_alert(World& world, const Config& config, std::int64_t id, const Culprit& culprit) {
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::write));
  PW_TRY_ASSIGN(Alert alert, find_alert(*store, id));
  const trend::Action* const nudge = trend::find_action("nudge");
  const CommitRange exact{culprit.parent, culprit.sha};
  if (nudge == nullptr || !trend::is_possible(*nudge, alert) || alert.range() == exact) return Nothing{};
  PW_TRY_ASSIGN(
      const AlertEvent event,
      trend::event_of(
          *nudge, alert,
          {.who = person(world),
           .time = os::rfc3339(world.clock.unix_s()),
           .why = fmt::format("bisect names {}, {:.1f} %: {} [{}, {}] against its parent", short_sha(culprit.sha),
                              culprit.probability * 100, format_change(culprit.change.worse_by),
                              format_change(culprit.change.low), format_change(culprit.change.high)),
           .range = exact}));
  alert.events.push_back(event);
  PW_TRY(store->save_alerts(std::span(&alert, 1)));
  give_back(".perfwarden");
  note(world,
       fmt::format("alert {} lies between {} and {} now", id, short_sha(culprit.parent), short_sha(culprit.sha)));
  return Nothing{};
}

}  // namespace perfwarden::app
