#include "dashboard/view/view.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

View view_of(std::string_view page, const Json& answer, const Shell& shell) {
  static const std::map<std::string_view, void (*)(View&, const Shell&)> k_views{
      {"status", view_status},           {"alerts", view_alerts},     {"alert", view_alert},  {"series", view_series},
      {"series_list", view_series_list}, {"runs", view_runs},         {"run", view_run},      {"compare", view_compare},
      {"budgets", view_budgets},         {"machines", view_machines}, {"search", view_search}};
  View view = answer;
  if (const auto found = k_views.find(page); found != k_views.end()) found->second(view, shell);
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
