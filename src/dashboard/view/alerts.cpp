#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/text.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"
#include "model/alert.hpp"

namespace perfwarden::dashboard {

void view_alerts(View& view, const Shell& shell) {
  for (View& one : view["items"]) add_alert(one, shell.links);
  view["has_items"] = !view["items"].empty();
  view["has_problems"] = !view["problems"].empty();
  view["has_quarantine"] = !view["quarantine"].empty();
  for (const char* key : {"problems", "quarantine"}) wrap_texts(view[key]);
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
    View entry{{"name", words_of_state(std::string(name))}, {"count", view["counts"][std::string(name)]}};
    std::string word = text::lower(name);
    std::replace(word.begin(), word.end(), '_', '-');
    entry["link"] = shell.links.query("alerts", "q=is%3A" + word);
    view["states"].push_back(std::move(entry));
  }
  const double share = number_in(view, "false_positive_share");
  view["share_text"] = std::isfinite(share) ? fmt::format("{:.0f} %", share * 100) : "";
  add_parts(view, shell.links, "alerts");
}

}  // namespace perfwarden::dashboard
