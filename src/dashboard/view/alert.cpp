#include <algorithm>
#include <string>
#include <vector>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"
#include "dashboard/view/profiles.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

double middle_of(const std::vector<double>& sorted) {
  if (sorted.empty()) return k_nan;
  return (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
}

// What the processes of both sides of the change measured, as rows of a table.
void add_sides(View& view, const Links& links) {
  const std::string unit = text_in(view["distributions"], "unit");
  for (const char* side : {"before", "after"}) {
    View& one = view["distributions"][side];
    std::vector<double> values;
    for (const View& value : one["values"])
      if (value.is_number()) values.push_back(value.get<double>());
    std::sort(values.begin(), values.end());
    one["side"] = side;
    one["count"] = values.size();
    one["short"] = short_sha(text_in(one, "commit"));
    one["link"] = links.one("run", one["run"].get<std::int64_t>());
    one["least"] = format_value(values.empty() ? k_nan : values.front(), unit);
    one["middle"] = format_value(middle_of(values), unit);
    one["most"] = format_value(values.empty() ? k_nan : values.back(), unit);
    view["sides"].push_back(one);
  }
}

}  // namespace

void view_alert(View& view, const Shell& shell) {
  add_alert(view["alert"], shell.links);
  view_series(view["chart"], shell);
  for (View& one : view["group"]) add_alert(one, shell.links);
  view["has_group"] = !view["group"].empty();
  view["has_suspects"] = !view["suspects"].empty();
  for (const char* key : {"rivals", "deploys"}) {
    view[std::string("has_") + key] = !view[key].empty();
    wrap_texts(view[key]);
  }
  for (View& suspect : view["suspects"]) suspect["short"] = short_sha(text_in(suspect, "commit"));
  const auto commits = view["commits"].get<std::size_t>();
  const std::size_t named = std::min(commits, view["suspects"].size());
  view["more_commits"] = named == commits ? View() : View(commits - named);
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
  add_profile_change(view, shell.links);
  if (view["distributions"].is_object()) add_sides(view, shell.links);
}

}  // namespace perfwarden::dashboard
