#include <fmt/format.h>

#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"
#include "dashboard/view/profiles.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

// The runs as a table, the newest first.
void add_rows(View& view, const std::string& unit, const Shell& shell) {
  const View& points = view["points"];
  const std::size_t size = points["t"].size();
  View rows = View::array();
  for (std::size_t k = size; k-- > 0 && rows.size() < shell.most_rows;) {
    View row{{"i", points["i"][k]},
             {"time_text", time_text(os::rfc3339(points["t"][k].get<std::int64_t>()))},
             {"short", short_sha(points["commit"][k].get<std::string>())},
             {"subject", points["subject"][k]},
             {"n", points["n"][k]},
             {"link", shell.links.one("run", points["run"][k].get<std::int64_t>())}};
    for (const char* key : {"value", "low", "high"})
      row[std::string(key) + "_text"] =
          format_value(points[key][k].is_number() ? points[key][k].get<double>() : k_nan, unit);
    rows.push_back(std::move(row));
  }
  view["has_rows"] = !rows.empty();
  view["rows_left"] = rows.size() < size;
  view["rows_text"] = fmt::format("{} of {}", rows.size(), view["total"].get<std::size_t>());
  view["rows"] = std::move(rows);
}

void add_changes(View& view, const std::string& unit, const Links& links) {
  for (View& change : view["changes"]) {
    const ValuePair levels = format_pair(number_in(change, "before"), number_in(change, "after"), unit);
    change["before_text"] = levels.first;
    change["after_text"] = levels.second;
    change["change_text"] = change_text(number_in(change, "change"));
    change["time_text"] = seconds_text(change, "t");
    change["short"] = short_sha(text_in(change, "commit"));
    change["alert_link"] = change["alert"].is_number() ? links.one("alert", change["alert"].get<std::int64_t>()) : "";
    change["compare_link"] = links.compare(text_in(change, "last_before"), text_in(change, "commit"));
  }
}

// "newest 12.4 ms"; of a chart that ends earlier, the last run that it shows.
std::string latest_text(const View& view, const std::string& unit) {
  const View& points = view["points"];
  if (points["i"].empty()) return "no runs";
  const bool is_newest = points["i"].back().get<std::size_t>() + 1 == view["total"].get<std::size_t>();
  const View& last = points["value"].back();
  return fmt::format("{} {}", is_newest ? "newest" : "last one shown",
                     format_value(last.is_number() ? last.get<double>() : k_nan, unit));
}

std::string summary_of_line(const View& view) {
  if (view["points"]["i"].empty()) return "No runs of this branch measured it.";
  return fmt::format("{} runs, {}; {} change{} of level; noise from run to run {}.", view["total"].get<std::size_t>(),
                     text_in(view, "latest_text"), view["changes"].size(), view["changes"].size() == 1 ? "" : "s",
                     text_in(view, "spread_text"));
}

}  // namespace

void view_series(View& view, const Shell& shell) {
  const std::string unit = text_in(view, "unit");
  add_series(view["series"], shell.links);
  add_rows(view, unit, shell);
  add_changes(view, unit, shell.links);
  view["has_changes"] = !view["changes"].empty();
  for (View& one : view["alerts"]) add_alert(one, shell.links);
  view["has_alerts"] = !view["alerts"].empty();
  view["many_machines"] = view["machines"].size() > 1;
  for (View& machine : view["machines"]) {
    machine["current"] = machine["fingerprint"] == view["machine"];
    machine["link"] = shell.links.query("series/" + std::to_string(view["series"]["id"].get<std::int64_t>()),
                                        fmt::format("branch={}&machine={}", percent_encoded(text_in(view, "branch")),
                                                    percent_encoded(text_in(machine, "fingerprint"))));
  }
  if (view.contains("functions")) add_hot_functions(view);
  if (view["budget"].is_object()) view["budget"]["value_text"] = value_text(view["budget"], "value", unit);
  view["latest_text"] = latest_text(view, unit);
  view["spread_text"] = share_text(number_in(view, "spread"));
  view["summary"] = summary_of_line(view);
}

}  // namespace perfwarden::dashboard
