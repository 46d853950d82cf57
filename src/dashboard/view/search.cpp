#include <string>

#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_search(View& view, const Shell& shell) {
  for (View& one : view["series"]) add_series(one, shell.links);
  for (View& one : view["alerts"]) add_alert(one, shell.links);
  for (View& one : view["runs"]) add_run(one, shell.links);
  for (const char* key : {"series", "alerts", "runs"}) view[std::string("has_") + key] = !view[key].empty();
  view["more_link"] = view["series_total"].get<std::size_t>() > view["series"].size()
                          ? shell.links.query("series", "q=" + percent_encoded(text_in(view, "q")))
                          : "";
}

}  // namespace perfwarden::dashboard
