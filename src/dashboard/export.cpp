#include "dashboard/export.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/profiles.hpp"
#include "dashboard/page/page.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_runs_exported = 20;
constexpr std::size_t k_rows_exported = 10;
constexpr std::size_t k_alerts_exported = 500;
constexpr std::size_t k_flames_exported = 100;

// Six digits are more than anybody measures, and half the bytes of a double.
void round_numbers(Json& json) {
  if (json.is_structured()) {
    for (Json& one : json) round_numbers(one);
  } else if (json.is_number_float()) {
    json = text::to_double(fmt::format("{:.6g}", json.get<double>())).value_or(k_nan);
  }
}

// Hundreds of pages have points of the same commits: the first digits name them, and subjects are on pages of runs.
void shorten(Json& chart) {
  constexpr std::size_t k_digits = 12;
  if (!chart.is_object() || !chart.contains("points")) return;
  for (Json& commit : chart["points"]["commit"]) commit = commit.get<std::string>().substr(0, k_digits);
  for (Json& subject : chart["points"]["subject"]) subject = "";
}

using Write = std::function<Status(const std::string& name, const std::string& text)>;

class Exporter {
 public:
  Exporter(const Desk& desk, const ExportOptions& options, const Write& write)
      : desk_(&desk), options_(&options), write_(&write) {}
  [[nodiscard]] Result<Exported> run();

 private:
  [[nodiscard]] Status choose();
  [[nodiscard]] Status page(const std::string& file, std::vector<std::string> path,
                            std::map<std::string, std::string> parameters = {});
  [[nodiscard]] Status pictures(const Json& json);
  [[nodiscard]] Status search_page();
  [[nodiscard]] Shell shell() const;

  const Desk* desk_;
  const ExportOptions* options_;
  const Write* write_;
  std::set<std::int64_t> series_, alerts_, runs_;
  std::set<std::string> flames_;  // names of files
  Exported done_;
};

Status Exporter::choose() {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk_->overview());
  PW_TRY_ASSIGN(const std::vector<Alert> alerts, desk_->store.alerts());
  std::map<SeriesId, std::int64_t> number_of;
  for (const Overview::Line& line : overview->lines) number_of.emplace(line.series.id, line.series.number);
  for (auto alert = alerts.rbegin(); alert != alerts.rend() && alerts_.size() < k_alerts_exported; ++alert) {
    alerts_.insert(alert->id);
    const auto number = number_of.find(alert->series);
    if (number != number_of.end() && series_.size() < options_->most_series) series_.insert(number->second);
  }
  // Then those that are still measured, then the rest.
  for (const bool measured : {true, false})
    for (const Overview::Line& line : overview->lines)
      if (line.medians.empty() != measured && series_.size() < options_->most_series)
        series_.insert(line.series.number);
  for (const store::RunSummary& run : overview->runs)
    if (overview->runs.size() - static_cast<std::size_t>(&run - overview->runs.data()) <= k_runs_exported)
      runs_.insert(run.id);
  done_.series = series_.size();
  done_.all_series = overview->lines.size();
  return Nothing{};
}

Shell Exporter::shell() const {
  Shell out;
  out.version = desk_->setting.version;
  out.most_rows = k_rows_exported;
  out.links.as_files = true;
  out.links.has = [this](std::string_view kind, std::int64_t id) {
    return (kind == "alert" ? alerts_ : kind == "run" ? runs_ : series_).contains(id);
  };
  out.links.has_flame = [this](const std::string& file) { return flames_.contains(file); };
  return out;
}

Status Exporter::page(const std::string& file, std::vector<std::string> path,
                      std::map<std::string, std::string> parameters) {
  const Question question{std::move(path), std::move(parameters)};
  const Route* route = route_of(question);
  if (route == nullptr) return not_there("there is no such page");
  Result<Json> json = answer(*desk_, question);
  // A branch with one commit has nothing to compare, and a page says so.
  if (!json && json.error().kind != ErrorKind::usage) return json.error();
  ++done_.pages;
  if (!json) return (*write_)(file, error_page(404, json.error(), shell()));
  PW_TRY(pictures(*json));
  round_numbers(*json);
  if (route->page == "series") shorten(*json);
  return (*write_)(file, page_of(route->page, *json, shell()));
}

// The flame graphs that a page shows, as files beside it.
Status Exporter::pictures(const Json& json) {
  const auto write = [&](const Json& base, const Json& profile) -> Status {
    const std::int64_t from = base.is_number() ? base.get<std::int64_t>() : 0;
    const std::string file = flame_file(from, profile.get<std::int64_t>());
    if (flames_.size() >= k_flames_exported || flames_.contains(file)) return Nothing{};
    Question question{{}, {{"profile", json::dump(profile)}}};
    if (from > 0) question.parameters["base"] = std::to_string(from);
    PW_TRY_ASSIGN(const std::string picture, flame_svg(*desk_, question));
    flames_.insert(file);
    return (*write_)(file, picture);
  };
  if (json.contains("profiles"))
    for (const Json& one : json["profiles"])
      if (one["stacks"].get<bool>()) PW_TRY(write(Json(), one["id"]));
  if (json.contains("profile") && json["profile"].is_object() && json["profile"]["stacks"].get<bool>())
    PW_TRY(write(json["profile"]["before"]["profile"], json["profile"]["after"]["profile"]));
  return Nothing{};
}

// It holds all series: the script filters them.
Status Exporter::search_page() {
  const Question question{{"search"}, {}};
  PW_TRY_ASSIGN(Json json, answer(*desk_, question));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk_->overview());
  for (const Overview::Line& line : overview->lines)
    if (series_.contains(line.series.number))
      json["series"].push_back({{"id", line.series.number},
                                {"suite", line.series.id.suite},
                                {"benchmark", line.series.id.benchmark},
                                {"metric", line.series.id.metric},
                                {"path", line.series.id.path()}});
  json["series_total"] = json["series"].size();
  ++done_.pages;
  return (*write_)("search.html", page_of("search", json, shell()));
}

Result<Exported> Exporter::run() {
  PW_TRY(choose());
  const std::string points = std::to_string(options_->points);
  PW_TRY(page("index.html", {"status"}));
  PW_TRY(page("alerts.html", {"alerts"}, {{"limit", "500"}}));
  PW_TRY(page("series.html", {"series"}, {{"limit", "1000"}}));
  PW_TRY(page("compare.html", {"compare"}));
  PW_TRY(page("runs.html", {"runs"}));
  PW_TRY(page("budgets.html", {"budgets"}));
  PW_TRY(page("machines.html", {"machines"}));
  PW_TRY(search_page());
  for (const std::int64_t id : alerts_) PW_TRY(page(fmt::format("alert-{}.html", id), {"alerts", std::to_string(id)}));
  for (const std::int64_t id : series_)
    PW_TRY(page(fmt::format("series-{}.html", id), {"series", std::to_string(id)}, {{"points", points}}));
  for (const std::int64_t id : runs_) PW_TRY(page(fmt::format("run-{}.html", id), {"runs", std::to_string(id)}));
  for (const char* name : {"dashboard.js", "dashboard.css", "uplot.js"})
    PW_TRY((*write_)(std::string("assets/") + name, std::string(asset(name).text)));
  return done_;
}

}  // namespace

Result<Exported> export_pages(const Desk& desk, const ExportOptions& options, const Write& write) {
  return Exporter(desk, options, write).run();
}

}  // namespace perfwarden::dashboard
