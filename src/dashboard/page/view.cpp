#include "dashboard/page/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "dashboard/api/words.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

double number_in(const View& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : k_nan;
}

std::string text_in(const View& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string change_text(double fraction) {
  return std::isfinite(fraction) ? format_change(fraction) : "–";
}

std::string value_text(const View& json, std::string_view key, const std::string& unit) {
  return format_value(number_in(json, key), unit);
}

std::string age_text(double seconds) {
  constexpr double k_hour = 3600;
  constexpr double k_day = 24 * k_hour;
  if (seconds < k_hour) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 2 * k_day) return fmt::format("{:.0f} h", seconds / k_hour);
  return fmt::format("{:.0f} d", seconds / k_day);
}

// "2026-11-29 14:30": of an RFC 3339 time in UTC.
std::string time_text(const std::string& time) {
  constexpr std::size_t k_to_minutes = 16;
  return text::replace_all(time.substr(0, k_to_minutes), "T", " ");
}

std::string seconds_text(const View& json, std::string_view key) {
  const double t = number_in(json, key);
  return std::isfinite(t) ? time_text(os::rfc3339(static_cast<std::int64_t>(t))) : "–";
}

// State in words and as a sign, so that colour is never all there is.
struct Mark {
  const char* icon;
  const char* words;
};
Mark mark_of(const std::string& state) {
  static const std::map<std::string, Mark> k_marks{{"worse", {"▲", "worse"}},
                                                   {"better", {"▼", "better"}},
                                                   {"same", {"=", "unchanged"}},
                                                   {"undecided", {"?", "undecided"}},
                                                   {"new", {"+", "new"}},
                                                   {"gone", {"−", "gone"}},
                                                   {"OPEN", {"●", "open"}},
                                                   {"ACKNOWLEDGED", {"◐", "acknowledged"}},
                                                   {"RESOLVED", {"✓", "resolved"}},
                                                   {"FALSE_POSITIVE", {"∅", "false positive"}},
                                                   {"pass", {"✓", "pass"}},
                                                   {"fail", {"✗", "fail"}},
                                                   {"inconclusive", {"?", "inconclusive"}}};
  const auto found = k_marks.find(state);
  return found == k_marks.end() ? Mark{"·", ""} : found->second;
}

void add_mark(View& json, const std::string& state) {
  const Mark mark = mark_of(state);
  json["icon"] = mark.icon;
  json["words"] = *mark.words != 0 ? std::string(mark.words) : state;
}

class Viewer {
 public:
  explicit Viewer(const Shell& shell) : shell_(&shell) {}

  void series(View& ref) const { ref["link"] = links().one("series", ref["id"].get<std::int64_t>()); }
  void run(View& run) const {
    if (!run.is_object()) return;
    run["link"] = links().one("run", run["id"].get<std::int64_t>());
    run["short"] = short_sha(text_in(run, "commit"));
    run["time_text"] = time_text(text_in(run, "time"));
    const std::string conclusion = text_in(run, "conclusion");
    add_mark(run, conclusion);
    if (conclusion.empty()) run["words"] = "not judged";
    if (run["pull_request"] == 0) run["pull_request"] = nullptr;
    run["machine_link"] = links().page("machines");
  }
  void alert(View& alert) const {
    const std::string unit = text_in(alert, "unit");
    series(alert["series"]);
    alert["link"] = links().one("alert", alert["id"].get<std::int64_t>());
    const ValuePair levels = format_pair(number_in(alert, "before"), number_in(alert, "after"), unit);
    alert["before_text"] = levels.first;
    alert["after_text"] = levels.second;
    alert["change_text"] = change_text(number_in(alert, "change"));
    alert["interval_text"] =
        fmt::format("{} … {}", change_text(number_in(alert, "low")), change_text(number_in(alert, "high")));
    alert["age_text"] = age_text(number_in(alert, "age_s"));
    alert["detected_text"] = time_text(text_in(alert, "detected_at"));
    alert["before_short"] = short_sha(text_in(alert, "last_before"));
    alert["after_short"] = short_sha(text_in(alert, "first_changed"));
    alert["compare_link"] = links().compare(text_in(alert, "last_before"), text_in(alert, "first_changed"));
    add_mark(alert, text_in(alert, "status"));
  }
  void each(View& list, void (Viewer::*one)(View&) const) const {
    for (View& item : list) (this->*one)(item);
  }
  [[nodiscard]] const Links& links() const { return shell_->links; }

  // Links to the parts before and after this one, of answers that have offset, limit and total.
  void parts(View& view, std::string_view page, const std::string& more = "") const {
    const auto total = view["total"].get<std::size_t>();
    const auto offset = view["offset"].get<std::size_t>();
    const auto limit = view["limit"].get<std::size_t>();
    const std::string q = text_in(view, "q");
    const auto to = [&](std::size_t at) {
      return links().query(page, fmt::format("q={}&offset={}&limit={}{}", percent_encoded(q), at, limit, more));
    };
    view["previous"] = offset == 0 ? "" : to(offset - std::min(offset, limit));
    view["next"] = offset + limit >= total ? "" : to(offset + limit);
    view["shown_text"] =
        total == 0 ? "none"
                   : fmt::format("{} to {} of {}", std::min(offset + 1, total), std::min(offset + limit, total), total);
  }

  void status(View& view) const;
  void alerts(View& view) const;
  void alert_page(View& view) const;
  void chart(View& view) const;
  void series_list(View& view) const;
  void runs(View& view) const;
  void run_page(View& view) const;
  void compare(View& view) const;
  void budgets(View& view) const;
  void machines(View& view) const;
  void search(View& view) const;

 private:
  const Shell* shell_;
};

// A sparkline of signs, which scripts replace by a picture.
std::string spark_text(const View& numbers) {
  std::vector<double> values;
  for (const View& one : numbers) values.push_back(one.is_number() ? one.get<double>() : k_nan);
  return text::sparkline(values);
}

void Viewer::status(View& view) const {
  run(view["gate"]);
  each(view["recent"], &Viewer::run);
  each(view["alerts"], &Viewer::alert);
  view["has_alerts"] = !view["alerts"].empty();
  for (View& suite : view["suites"]) {
    suite["spark_text"] = spark_text(suite["index"]);
    suite["change_text"] = change_text(number_in(suite, "change"));
    suite["link"] = links().query("series", "q=" + percent_encoded("suite:\"" + text_in(suite, "suite") + "\""));
    add_mark(suite, number_in(suite, "change") > 0.005    ? "worse"
                    : number_in(suite, "change") < -0.005 ? "better"
                                                          : "same");
  }
  view["has_suites"] = !view["suites"].empty();
  view["alerts_link"] = links().page("alerts");
}

void Viewer::alerts(View& view) const {
  each(view["items"], &Viewer::alert);
  view["has_items"] = !view["items"].empty();
  view["has_problems"] = !view["problems"].empty();
  view["has_quarantine"] = !view["quarantine"].empty();
  for (const char* key : {"problems", "quarantine"})
    for (View& one : view[key]) one = View{{"text", one}};
  // The number of the group that an alert is in, from 1.
  std::map<std::int64_t, std::size_t> group_of;
  for (std::size_t i = 0; i < view["groups"].size(); ++i)
    for (const View& id : view["groups"][i])
      if (view["groups"][i].size() > 1) group_of[id.get<std::int64_t>()] = i + 1;
  for (View& item : view["items"]) {
    const auto group = group_of.find(item["id"].get<std::int64_t>());
    item["group"] = group == group_of.end() ? View() : View(group->second);
  }
  for (const auto& [name, status] : k_names<AlertStatus>) {
    View entry{{"name", mark_of(std::string(name)).words}, {"count", view["counts"][std::string(name)]}};
    std::string word = text::lower(name);
    std::replace(word.begin(), word.end(), '_', '-');
    entry["link"] = links().query("alerts", "q=is%3A" + word);
    view["states"].push_back(std::move(entry));
  }
  const double share = number_in(view, "false_positive_share");
  view["share_text"] = std::isfinite(share) ? fmt::format("{:.0f} %", share * 100) : "";
  parts(view, "alerts");
}

void Viewer::alert_page(View& view) const {
  alert(view["alert"]);
  chart(view["chart"]);
  each(view["group"], &Viewer::alert);
  view["has_group"] = !view["group"].empty();
  view["has_suspects"] = !view["suspects"].empty();
  for (const char* key : {"rivals", "deploys"}) {
    view[std::string("has_") + key] = !view[key].empty();
    for (View& one : view[key]) one = View{{"text", one}};
  }
  for (View& suspect : view["suspects"]) suspect["short"] = short_sha(text_in(suspect, "commit"));
  const std::size_t more = view["commits"].get<std::size_t>() - view["suspects"].size();
  view["more_commits"] = more == 0 ? View() : View(more);
  View& events = view["alert"]["events"];
  for (View& event : events) {
    event["time_text"] = time_text(text_in(event, "time"));
    event["after_short"] = text_in(event, "first_changed").empty() ? "" : short_sha(text_in(event, "first_changed"));
    event["before_short"] = short_sha(text_in(event, "last_before"));
    add_mark(event, text_in(event, "status"));
  }
  std::string owners;
  for (const View& owner : view["alert"]["owners"]) owners += (owners.empty() ? "" : " ") + owner.get<std::string>();
  view["owners_text"] = owners;
  if (!view["distributions"].is_object()) return;
  const std::string unit = text_in(view["distributions"], "unit");
  for (const char* side : {"before", "after"}) {
    View& one = view["distributions"][side];
    std::vector<double> values;
    for (const View& value : one["values"])
      if (value.is_number()) values.push_back(value.get<double>());
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values.empty() ? k_nan : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    one["side"] = side;
    one["count"] = values.size();
    one["short"] = short_sha(text_in(one, "commit"));
    one["link"] = links().one("run", one["run"].get<std::int64_t>());
    one["least"] = format_value(at(0), unit);
    one["middle"] = format_value(at(0.5), unit);
    one["most"] = format_value(at(1), unit);
    view["sides"].push_back(one);
  }
}

void Viewer::chart(View& view) const {
  const std::string unit = text_in(view, "unit");
  series(view["series"]);
  const View& points = view["points"];
  const std::size_t size = points["t"].size();
  View rows = View::array();
  for (std::size_t k = size; k-- > 0 && rows.size() < shell_->most_rows;) {
    View row{{"i", points["i"][k]},
             {"time_text", time_text(os::rfc3339(points["t"][k].get<std::int64_t>()))},
             {"short", short_sha(points["commit"][k].get<std::string>())},
             {"subject", points["subject"][k]},
             {"n", points["n"][k]},
             {"link", links().one("run", points["run"][k].get<std::int64_t>())}};
    for (const char* key : {"value", "low", "high"})
      row[std::string(key) + "_text"] =
          format_value(points[key][k].is_number() ? points[key][k].get<double>() : k_nan, unit);
    rows.push_back(std::move(row));
  }
  view["has_rows"] = !rows.empty();
  view["rows_left"] = rows.size() < size;
  view["rows_text"] = fmt::format("{} of {}", rows.size(), view["total"].get<std::size_t>());
  view["rows"] = std::move(rows);
  for (View& change : view["changes"]) {
    const ValuePair levels = format_pair(number_in(change, "before"), number_in(change, "after"), unit);
    change["before_text"] = levels.first;
    change["after_text"] = levels.second;
    change["change_text"] = change_text(number_in(change, "change"));
    change["time_text"] = seconds_text(change, "t");
    change["short"] = short_sha(text_in(change, "commit"));
    change["alert_link"] = change["alert"].is_number() ? links().one("alert", change["alert"].get<std::int64_t>()) : "";
    change["compare_link"] = links().compare(text_in(change, "last_before"), text_in(change, "commit"));
  }
  view["has_changes"] = !view["changes"].empty();
  each(view["alerts"], &Viewer::alert);
  view["has_alerts"] = !view["alerts"].empty();
  view["many_machines"] = view["machines"].size() > 1;
  for (View& machine : view["machines"]) {
    machine["current"] = machine["fingerprint"] == view["machine"];
    machine["link"] = links().query("series/" + std::to_string(view["series"]["id"].get<std::int64_t>()),
                                    "machine=" + percent_encoded(text_in(machine, "fingerprint")));
  }
  if (view["budget"].is_object()) view["budget"]["value_text"] = value_text(view["budget"], "value", unit);
  const double latest =
      size == 0
          ? k_nan
          : number_in(points["value"].back().is_number() ? View{{"v", points["value"].back()}} : View::object(), "v");
  view["latest_text"] = format_value(latest, unit);
  view["spread_text"] =
      std::isfinite(number_in(view, "spread")) ? fmt::format("{:.2g} %", number_in(view, "spread") * 100) : "–";
  view["summary"] =
      size == 0 ? std::string("No runs of this branch measured it.")
                : fmt::format("{} runs, the newest at {}; {} change{} of level; noise from run to run {}.",
                              view["total"].get<std::size_t>(), text_in(view, "latest_text"), view["changes"].size(),
                              view["changes"].size() == 1 ? "" : "s", text_in(view, "spread_text"));
}

void Viewer::series_list(View& view) const {
  for (View& item : view["items"]) {
    series(item["series"]);
    item["value_text"] = value_text(item, "value", text_in(item, "unit"));
    item["change_text"] = change_text(number_in(item, "change"));
    item["spark_text"] = spark_text(item["spark"]);
    item["time_text"] = seconds_text(item, "t");
    item["short"] = short_sha(text_in(item, "commit"));
  }
  view["has_items"] = !view["items"].empty();
  view["has_problems"] = !view["problems"].empty();
  for (View& one : view["problems"]) one = View{{"text", one}};
  parts(view, "series");
}

void Viewer::runs(View& view) const {
  each(view["items"], &Viewer::run);
  view["has_items"] = !view["items"].empty();
  parts(view, "runs", "&branch=" + percent_encoded(text_in(view, "branch")));
  view["all_link"] = links().query("runs", "branch=%2A");
}

void Viewer::run_page(View& view) const {
  View& about = view["run"];
  run(about);
  about["base_short"] = text_in(about, "base_commit").empty() ? "" : short_sha(text_in(about, "base_commit"));
  about["compare_link"] = links().compare(text_in(about, "base_commit"), text_in(about, "commit"));
  for (View& fact : view["environment"]) fact = View{{"name", fact[0]}, {"value", fact[1]}};
  for (View& finding : view["findings"]) series(finding["series"]);
  for (View& row : view["series"]) {
    const std::string unit = text_in(row, "unit");
    series(row["series"]);
    for (const char* key : {"value", "low", "high", "p95", "p99"})
      row[std::string(key) + "_text"] = value_text(row, key, unit);
    row["cv_text"] = std::isfinite(number_in(row, "cv")) ? fmt::format("{:.2g} %", number_in(row, "cv") * 100) : "–";
    row["samples_link"] = links().query(fmt::format("runs/{}", about["id"].get<std::int64_t>()),
                                        fmt::format("series={}", row["series"]["id"].get<std::int64_t>()));
  }
  for (const char* key : {"warnings", "failures", "findings", "environment", "series"})
    view[std::string("has_") + key] = !view[key].empty();
  View& samples = view["samples"];
  if (samples.is_object()) {
    const std::string unit = text_in(samples, "unit");
    series(samples["series"]);
    std::size_t number = 0;
    for (View& invocation : samples["invocations"]) {
      std::string words;
      for (const View& value : invocation)
        words += (words.empty() ? "" : ", ") + format_value(value.is_number() ? value.get<double>() : k_nan, unit);
      invocation = View{{"number", ++number}, {"values_text", words}};
    }
  }
  parts(view, fmt::format("runs/{}", about["id"].get<std::int64_t>()));
}

void Viewer::compare(View& view) const {
  run(view["base"]);
  run(view["head"]);
  for (View& row : view["rows"]) {
    series(row["series"]);
    const ValuePair levels = format_pair(number_in(row, "base"), number_in(row, "head"), text_in(row, "unit"));
    row["base_text"] = levels.first;
    row["head_text"] = levels.second;
    row["change_text"] = change_text(number_in(row, "change"));
    row["interval_text"] =
        fmt::format("{} … {}", change_text(number_in(row, "low")), change_text(number_in(row, "high")));
    row["p_text"] = std::isfinite(number_in(row, "p")) ? fmt::format("{:.2g}", number_in(row, "p")) : "–";
    row["factor_text"] =
        std::isfinite(number_in(row, "factor")) ? fmt::format("{:.1f}", number_in(row, "factor")) : "–";
    add_mark(row, text_in(row, "state"));
  }
  view["has_rows"] = !view["rows"].empty();
  view["recorded"] = text_in(view, "source") == "recorded";
  view["geomean_text"] = change_text(number_in(view["summary"], "geomean"));
  const std::string pair = fmt::format("base={}&head={}", percent_encoded(text_in(view["base"], "commit")),
                                       percent_encoded(text_in(view["head"], "commit")));
  view["all_link"] = view["folded"] == 0 ? "" : links().query("compare", pair + "&all=1");
  view["markdown_link"] = links().as_files ? "" : links().root + "api/v1/compare.md?" + pair;
  if (view["folded"] == 0) view["folded"] = nullptr;
}

void Viewer::budgets(View& view) const {
  for (View& budget : view["budgets"]) {
    std::string words;
    for (const View& limit : budget["limits"])
      words += fmt::format("{}{}{} {}", words.empty() ? "" : ", ",
                           text_in(limit, "metric").empty() ? "" : text_in(limit, "metric") + ": ",
                           text_in(limit, "level"), text_in(limit, "limit"));
    budget["limits_text"] = budget["off"] == true ? "off" : words;
  }
  for (View& row : view["rows"]) {
    series(row["series"]);
    std::string words;
    for (const View& limit : row["limits"])
      words += fmt::format("{}{} {}", words.empty() ? "" : ", ", text_in(limit, "level"), text_in(limit, "text"));
    row["limits_text"] = words;
    row["latest_text"] = change_text(number_in(row, "latest"));
    row["headroom_text"] = change_text(number_in(row, "headroom"));
    add_mark(row, number_in(row, "headroom") < 0 ? "worse" : "same");
    row["spark_text"] = spark_text(row["worse"]);
    if (!row["proposal"].is_object()) continue;
    View& proposal = row["proposal"];
    const double budget = number_in(proposal, "budget");
    proposal["text"] = std::isfinite(budget)
                           ? fmt::format("{:g} %{}", budget * 100, proposal["hard"] == true ? ", hard" : "")
                           : "too few runs, or too noisy";
    proposal["caught_count"] = proposal["caught"].size();
  }
  view["has_budgets"] = !view["budgets"].empty();
  view["has_rows"] = !view["rows"].empty();
  view["shown_text"] = fmt::format("{} of {}", view["rows"].size(), view["total"].get<std::size_t>());
}

void Viewer::machines(View& view) const {
  for (View& machine : view["machines"]) {
    for (View& fact : machine["facts"]) fact = View{{"name", fact[0]}, {"value", fact[1]}};
    machine["first_text"] = time_text(text_in(machine, "first"));
    machine["last_text"] = time_text(text_in(machine, "last"));
    for (const char* key : {"median", "p90"}) {
      const double share = number_in(machine["noise"], key);
      machine["noise"][std::string(key) + "_text"] = std::isfinite(share) ? fmt::format("{:.2g} %", share * 100) : "–";
    }
    machine["spark_text"] = spark_text(machine["drift"]["index"]);
    for (View& change : machine["drift"]["changes"]) {
      change["time_text"] = seconds_text(change, "t");
      change["change_text"] = change_text(number_in(change, "change"));
      change["short"] = short_sha(text_in(change, "commit"));
    }
    machine["has_changes"] = !machine["drift"]["changes"].empty();
  }
  view["has_machines"] = !view["machines"].empty();
}

void Viewer::search(View& view) const {
  each(view["series"], &Viewer::series);
  each(view["alerts"], &Viewer::alert);
  each(view["runs"], &Viewer::run);
  for (const char* key : {"series", "alerts", "runs"}) view[std::string("has_") + key] = !view[key].empty();
  view["more_link"] = view["series_total"].get<std::size_t>() > view["series"].size()
                          ? links().query("series", "q=" + percent_encoded(text_in(view, "q")))
                          : "";
}

}  // namespace

View view_of(std::string_view page, const Json& answer, const Shell& shell) {
  static const std::map<std::string_view, void (Viewer::*)(View&) const> k_views{{"status", &Viewer::status},
                                                                                 {"alerts", &Viewer::alerts},
                                                                                 {"alert", &Viewer::alert_page},
                                                                                 {"series", &Viewer::chart},
                                                                                 {"series_list", &Viewer::series_list},
                                                                                 {"runs", &Viewer::runs},
                                                                                 {"run", &Viewer::run_page},
                                                                                 {"compare", &Viewer::compare},
                                                                                 {"budgets", &Viewer::budgets},
                                                                                 {"machines", &Viewer::machines},
                                                                                 {"search", &Viewer::search}};
  View view = answer;
  const Viewer viewer(shell);
  if (const auto found = k_views.find(page); found != k_views.end()) (viewer.*found->second)(view);
  view["serves"] = !shell.links.as_files;
  view["root"] = shell.links.root;
  return view;
}

std::string title_of(std::string_view page, const Json& given) {
  const View answer = given;
  if (page == "alert")
    return fmt::format("Alert {} · {}", answer["alert"]["id"].get<std::int64_t>(),
                       text_in(answer["alert"]["series"], "path"));
  if (page == "series") return text_in(answer["series"], "path");
  if (page == "run")
    return fmt::format("Run {} · {}", answer["run"]["id"].get<std::int64_t>(),
                       short_sha(text_in(answer["run"], "commit")));
  if (page == "compare")
    return fmt::format("{} → {}", short_sha(text_in(answer["base"], "commit")),
                       short_sha(text_in(answer["head"], "commit")));
  if (page == "series_list") return "Series";
  std::string name(page);
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

}  // namespace perfwarden::dashboard
