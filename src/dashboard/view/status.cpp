#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_status(View& view, const Shell& shell) {
  add_run(view["gate"], shell.links);
  for (View& one : view["recent"]) add_run(one, shell.links);
  for (View& one : view["alerts"]) add_alert(one, shell.links);
  view["has_alerts"] = !view["alerts"].empty();
  for (View& suite : view["suites"]) {
    suite["spark_text"] = spark_text(suite["index"]);
    suite["change_text"] = change_text(number_in(suite, "change"));
    suite["link"] = shell.links.query("series", "q=" + percent_encoded("suite:\"" + text_in(suite, "suite") + "\""));
    add_mark(suite, number_in(suite, "change") > 0.005    ? "worse"
                    : number_in(suite, "change") < -0.005 ? "better"
                                                          : "same");
  }
  view["has_suites"] = !view["suites"].empty();
  view["alerts_link"] = shell.links.page("alerts");
}

}  // namespace perfwarden::dashboard
