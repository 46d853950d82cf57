#include "dashboard/api/triage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "trend/triage.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_at_once = 200;
constexpr std::size_t k_longest_reason = 2000;  // characters

// What was asked for: one action on some alerts.
struct Order {
  std::string action, reason, resolution;
  CommitRange range;
  std::vector<std::pair<std::int64_t, std::int64_t>> alerts;  // id, and the version that was seen
};

Error wrong_body(std::string what) {
  return {
      .kind = ErrorKind::usage, .what = std::move(what), .where = "body", .hint = "docs/dashboard.md has an example"};
}

Result<Order> read_order(std::string_view body, const Question& question) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(body, "body"));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  const auto some = [&](const char* key) { return root.has(key) ? root[key].text() : std::string(); };
  Order out{root["action"].text(), some("reason"), some("resolution"), {}, {}};
  out.range = {some("last_before"), some("first_changed")};
  if (question.path.size() == 3) {
    PW_TRY_ASSIGN(const std::int64_t id, id_in(question, "an alert"));
    out.alerts.emplace_back(id, root["version"].integer());
  } else {
    root["alerts"].each(k_most_at_once, [&](const json::Cursor& one) {
      out.alerts.emplace_back(one["id"].integer(), one["version"].integer());
    });
  }
  if (!problem.what.empty()) return wrong_body(fmt::format("{}: {}", problem.place, problem.what));
  std::set<std::int64_t> ids;
  for (const auto& [id, version] : out.alerts)
    if (!ids.insert(id).second) return wrong_body(fmt::format("alert {} is named twice", id));
  if (ids.empty()) return wrong_body("no alert is named");
  if (out.reason.empty() && out.action != "acknowledge") return wrong_body("a reason is needed");
  if (text::code_points(out.reason) > k_longest_reason)
    return wrong_body(fmt::format("the reason is longer than {} characters", k_longest_reason));
  return out;
}

// A nudge names runs of the series, in their order.
Status check_range(const Desk& desk, const Alert& alert, const CommitRange& range) {
  PW_TRY_ASSIGN(const std::vector<std::string> commits, desk.store.commits(alert.branch));
  const auto before = std::find(commits.begin(), commits.end(), range.last_before);
  const auto changed = std::find(commits.begin(), commits.end(), range.first_changed);
  if (before != commits.end() && changed != commits.end() && before < changed) return Nothing{};
  return wrong_body("both commits must be whole hashes of runs of the alert's branch, the earlier one first");
}

}  // namespace

Result<std::size_t> save(store::Store& store, const trend::Action& action, std::span<const Alert> alerts) {
  PW_TRY_ASSIGN(const std::size_t written, store.save_alerts(alerts));
  if (!action.bumps || written != alerts.size()) return written;
  for (const Alert& alert : alerts)
    PW_TRY(store.add_event({.time = alert.state().time,
                            .kind = store::k_bumped,
                            .commit = alert.range().first_changed,
                            .pull_request = 0,
                            .who = alert.state().who,
                            .subject = alert.series.path(),
                            .reason = alert.state().why}));
  return written;
}

Json error_json(int status, const Error& error) {
  Json out{{"status", status}, {"what", error.what}};
  if (!error.hint.empty()) out["hint"] = error.hint;
  return {{"error", out}};
}

Result<TriageAnswer> triage(const Desk& desk, const Question& question, std::string_view body, const std::string& who) {
  PW_TRY_ASSIGN(const Order order, read_order(body, question));
  const trend::Action* action = trend::find_action(order.action);
  if (action == nullptr) return wrong_body(fmt::format("'{}' is not an action", text::one_line(order.action)));
  PW_TRY_ASSIGN(const std::vector<Alert> all, desk.store.alerts());
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  const Numbers numbers(*overview);
  const auto now_json = [&](const std::vector<Alert>& alerts, bool as_list) {
    Json list = Json::array();
    for (const Alert& alert : alerts) {
      Json one = json_of(alert, numbers, desk);
      one["events"] = events_of(alert);
      list.push_back(std::move(one));
    }
    return as_list ? Json{{"alerts", list}} : Json{{"alert", list.empty() ? Json() : list.front()}};
  };
  const bool many = question.path.size() == 2;
  std::vector<Alert> changed;
  std::vector<Alert> elsewhere;
  for (const auto& [id, version] : order.alerts) {
    const auto found =
        std::find_if(all.begin(), all.end(), [wanted = id](const Alert& one) { return one.id == wanted; });
    if (found == all.end()) return not_there(fmt::format("there is no alert {}", id));
    (found->state().version == version ? changed : elsewhere).push_back(*found);
  }
  const Error faster{.kind = ErrorKind::usage,
                     .what = "somebody else has just changed this",
                     .hint = "look at what they did, then try again"};
  const auto conflict = [&](const std::vector<Alert>& alerts) {
    Json json = error_json(409, faster);
    json.update(now_json(alerts, many));
    return TriageAnswer{409, std::move(json)};
  };
  if (!elsewhere.empty()) return conflict(elsewhere);
  const trend::Doing doing{.who = who,
                           .time = os::rfc3339(desk.setting.clock->unix_s()),
                           .why = order.reason,
                           .how = order.resolution,
                           .range = order.range};
  for (Alert& alert : changed) {
    if (action->moves) PW_TRY(check_range(desk, alert, order.range));
    PW_TRY_ASSIGN(AlertEvent event, trend::event_of(*action, alert, doing));
    alert.events.push_back(std::move(event));
  }
  PW_TRY_ASSIGN(const std::size_t written, save(desk.store, *action, changed));
  if (written != changed.size()) {
    PW_TRY_ASSIGN(std::vector<Alert> now, desk.store.alerts());
    std::erase_if(now, [&](const Alert& one) {
      return std::none_of(changed.begin(), changed.end(), [&](const Alert& mine) { return mine.id == one.id; });
    });
    return conflict(now);
  }
  return TriageAnswer{200, now_json(changed, many)};
}

}  // namespace perfwarden::dashboard
