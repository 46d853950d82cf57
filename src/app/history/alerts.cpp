#include "app/history/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/history/commits.hpp"
#include "app/history/lines.hpp"
#include "app/history/owners.hpp"
#include "app/history/trend.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"
#include "os/files/files.hpp"
#include "trend/lines.hpp"

namespace perfwarden::app {
namespace {

using Json = nlohmann::ordered_json;
using dashboard::bisect_line;

constexpr std::size_t k_at_once = 500;  // series whose points are in memory
constexpr std::size_t k_most_suspects = 10;
constexpr std::size_t k_most_changed_files = 10'000;
constexpr double k_most_false_positives = 0.05;  // share at which alerts are still trusted

Status review_series(const SeriesHistory& history, const AlertSearch& search, const std::vector<Bump>& bumps,
                     std::span<const Alert> known, std::vector<Alert>& out) {
  const trend::ChangePointOptions how{.min_effect =
                                          std::min(search.options.threshold, trend::ChangePointOptions{}.min_effect)};
  for (const SeriesHistory& line : trend::lines_of(history, bumps)) {
    std::vector<double> values;
    values.reserve(line.points.size());
    for (const HistoryPoint& point : line.points) values.push_back(point.median);
    for (Alert& alert :
         trend::review(line, search.branch, trend::find_changes(values, {}, how), known, search.options)) {
      if (alert.id == 0) {
        alert.evidence = ".perfwarden/alerts/" + alert.fingerprint + ".json";
        PW_TRY(os::write_file(alert.evidence, trend_json(std::span(&line, 1), {}, how)));
      }
      out.push_back(std::move(alert));
    }
  }
  return Nothing{};
}

std::map<std::string, std::size_t> rank_of(const std::vector<std::string>& commits) {
  std::map<std::string, std::size_t> rank;
  for (const std::string& commit : commits) rank.emplace(commit, rank.size());
  return rank;
}

// Those of a human judgement only: what recovered by itself says nothing.
struct Judged {
  std::size_t right = 0, wrong = 0;
  [[nodiscard]] double share_wrong() const {
    return right + wrong == 0 ? k_nan : static_cast<double>(wrong) / static_cast<double>(right + wrong);
  }
};

Judged judged(const std::vector<Alert>& alerts) {
  Judged out;
  for (const Alert& alert : alerts) {
    const AlertEvent& state = alert.state();
    if (state.status == AlertStatus::false_positive) ++out.wrong;
    if (state.status == AlertStatus::resolved && state.resolution != Resolution::recovered) ++out.right;
  }
  return out;
}

std::string state_text(const AlertEvent& state) {
  const std::string_view how = name_of(state.resolution);
  return fmt::format("{}{}", name_of(state.status), how.empty() ? "" : fmt::format(" ({})", how));
}

// Alerts of one range are asked about once: each question is several runs of git.
class Asked {
 public:
  Asked(World& world, const Background& background) : world_(&world), background_(&background) {}
  const Origins& origins(const Alert& alert) {
    const CommitRange range = alert.range();
    const auto [found, first] = known_.try_emplace({range.last_before, range.first_changed});
    if (first) found->second = origins_of(*world_, range, *background_);
    return found->second;
  }

 private:
  World* world_;
  const Background* background_;
  std::map<std::pair<std::string, std::string>, Origins> known_;
};

std::string group_text(Asked& asked, const std::vector<const Alert*>& group, std::size_t columns) {
  const Alert& worst = **std::max_element(group.begin(), group.end(), [](const Alert* a, const Alert* b) {
    return std::abs(a->after / a->before - 1) < std::abs(b->after / b->before - 1);
  });
  const char* const ending = group.size() == 1 ? "" : "s";
  std::string out =
      fmt::format("{}{} of {} in {}..{}\n", name_of(worst.direction), ending, text::one_line(worst.branch),
                  short_sha(worst.last_before), short_sha(worst.first_changed));
  text::Table table({{.header = "id", .align = text::Align::right},
                     {.header = "state"},
                     {.header = "series", .minimum = 20},
                     {.header = "before", .align = text::Align::right, .importance = -1},
                     {.header = "after", .align = text::Align::right, .importance = -1},
                     {.header = "change", .align = text::Align::right},
                     {.header = "confidence", .importance = -1}});
  for (const Alert* alert : group) {
    const ValuePair levels = format_pair(alert->before, alert->after, alert->unit);
    table.add({std::to_string(alert->id), state_text(alert->state()), text::one_line(alert->series.path()),
               levels.first, levels.second, format_change(alert->after / alert->before - 1),
               std::string(name_of(alert->confidence))});
  }
  for (const std::string& line : table.lines(columns > 2 ? columns - 2 : columns)) out += "  " + line + "\n";
  const Origins& origins = asked.origins(worst);
  for (const std::string& suspect : origins.suspects) out += "  suspect  " + suspect + "\n";
  if (origins.commits > origins.suspects.size())
    out += fmt::format("  and {} more commits\n", origins.commits - origins.suspects.size());
  if (!origins.owners.empty()) out += "  owners   " + text::join(origins.owners, " ") + "\n";
  for (const Shipment& shipment : origins.shipments) out += "  deploy   " + text_of(shipment, origins.commits) + "\n";
  for (const std::string& rival : origins.rivals) out += "  rival    " + rival + "\n";
  return out + "  search   " + bisect_line(worst) + "\n";
}

Json alert_json(Asked& asked, const Alert& alert) {
  const Origins& origins = asked.origins(alert);
  Json out{{"id", alert.id}};
  out.update(json_of(alert));
  out["change_percent"] = json::number((alert.after / alert.before - 1) * 100);
  out["interval"] = {json::number((alert.low - 1) * 100), json::number((alert.high - 1) * 100)};
  out["status"] = name_of(alert.state().status);
  out["resolution"] = name_of(alert.state().resolution);
  out["suspects"] = origins.suspects;
  out["commits"] = origins.commits;
  out["owners"] = origins.owners;
  out["deployments"] = Json::array();
  for (const Shipment& shipment : origins.shipments)
    out["deployments"].push_back({{"time", shipment.deployment.time},
                                  {"environment", shipment.deployment.environment},
                                  {"commit", shipment.deployment.commit},
                                  {"name", shipment.deployment.name},
                                  {"commits", shipment.commits}});
  out["rivals"] = origins.rivals;
  out["bisect"] = bisect_line(alert);
  return out;
}

}  // namespace

Result<std::vector<Alert>> find_alerts(store::Store& store, const AlertSearch& search) {
  PW_TRY_ASSIGN(std::vector<Alert> all, store.alerts());
  std::map<SeriesId, std::vector<Alert>> known;
  for (Alert& alert : all) known[alert.series].push_back(std::move(alert));
  PW_TRY_ASSIGN(const std::vector<Bump> bumps, store::bumps_of(store));
  PW_TRY_ASSIGN(std::vector<SeriesId> ids, store.series());
  std::erase_if(ids, [&](const SeriesId& id) { return !text::glob_match_prefix(search.series, id.path()); });
  std::vector<Alert> changed;
  for (std::size_t begin = 0; begin < ids.size(); begin += k_at_once) {
    const std::set<SeriesId> some(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                  ids.begin() + static_cast<std::ptrdiff_t>(std::min(begin + k_at_once, ids.size())));
    PW_TRY_ASSIGN(const std::vector<SeriesHistory> histories,
                  store.history({.series = [&](const SeriesId& id) { return some.contains(id); },
                                 .branch = search.branch,
                                 .most = search.runs}));
    for (const SeriesHistory& history : histories)
      PW_TRY(review_series(history, search, bumps, known[history.id], changed));
  }
  PW_TRY(store.save_alerts(changed));
  std::set<std::string> fingerprints;
  for (const Alert& alert : changed) fingerprints.insert(alert.fingerprint);
  PW_TRY_ASSIGN(std::vector<Alert> now, store.alerts());  // with ids, and with what others did meanwhile
  std::erase_if(now, [&](const Alert& alert) { return !fingerprints.contains(alert.fingerprint); });
  return now;
}

Origins origins_of(World& world, const CommitRange& range, const Background& background) {
  Origins out;
  if (range.last_before == range.first_changed)
    out.rivals.emplace_back("both runs are of one commit: the machine or what it runs changed, not the code");
  if (background.config_differs(range.last_before, range.first_changed))
    out.rivals.emplace_back("the config changed in this range too: see whether it runs the benchmark otherwise");
  if (!is_sha(range.last_before) || !is_sha(range.first_changed)) return out;
  const checkout::Git git = repository(world);
  const std::string commits = range.last_before + ".." + range.first_changed;
  const Result<std::string> log = git.run({"log", "--no-show-signature", "--format=%H %s", commits, "--"});
  if (!log) return out;
  for (const std::string_view line : text::lines(*log)) {
    ++out.commits;
    const std::size_t space = std::min(line.find(' '), line.size());
    if (out.suspects.size() < k_most_suspects)
      out.suspects.push_back(
          text::truncate(short_sha(std::string(line.substr(0, space))) + text::one_line(line.substr(space)), 100));
  }
  out.shipments = shipments_of(git, range.last_before, range.first_changed, background.deployments);
  const Result<std::string> names = git.run({"diff", "--name-only", range.last_before, range.first_changed, "--"});
  if (!names) return out;
  std::vector<std::string> files;
  for (const std::string_view name : text::lines(*names))
    if (files.size() < k_most_changed_files) files.emplace_back(name);
  for (const char* place : {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}) {
    const Result<std::string> owners = git.run({"show", "HEAD:" + std::string(place)});
    if (!owners) continue;
    for (const std::string& owner : owners_of(*owners, files)) out.owners.push_back(text::one_line(owner));
    break;
  }
  return out;
}

std::string alerts_text(World& world, const std::vector<Alert>& shown, const std::vector<Alert>& all,
                        const Background& background) {
  Asked asked(world, background);
  std::string out;
  for (const std::vector<std::size_t>& places : trend::groups_of(shown, rank_of(background.commits))) {
    std::vector<const Alert*> group;
    group.reserve(places.size());
    for (const std::size_t place : places) group.push_back(&shown[place]);
    out += group_text(asked, group, world.console.columns()) + "\n";
  }
  const auto live = std::count_if(all.begin(), all.end(), [](const Alert& alert) { return alert.is_live(); });
  out += fmt::format("{} of {} alerts on record {} open\n", live, all.size(), live == 1 ? "is" : "are");
  if (const Judged how = judged(all); how.share_wrong() > k_most_false_positives)
    out += fmt::format(
        "{:.0f} % of the judged ones were false positives: raise --threshold, or ask for --confidence HIGH\n",
        how.share_wrong() * 100);
  for (const SeriesId& id : trend::doubtful_series(all))
    out += fmt::format("{} had three false positives: take it out of the budgets until its noise is understood\n",
                       text::one_line(id.path()));
  return out;
}

std::string alerts_json(World& world, const std::vector<Alert>& shown, const std::vector<Alert>& all,
                        const Background& background) {
  Asked asked(world, background);
  Json out;
  out["schema"] = "perfwarden.alerts/1";
  out["false_positive_percent"] = json::number(judged(all).share_wrong() * 100);
  out["quarantine"] = Json::array();
  for (const SeriesId& id : trend::doubtful_series(all)) out["quarantine"].push_back(id.path());
  out["groups"] = Json::array();
  for (const std::vector<std::size_t>& places : trend::groups_of(shown, rank_of(background.commits))) {
    Json group = Json::array();
    for (const std::size_t place : places) group.push_back(alert_json(asked, shown[place]));
    out["groups"].push_back(std::move(group));
  }
  return json::pretty(out);
}

}  // namespace perfwarden::app
