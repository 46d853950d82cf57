#include <fmt/format.h>

#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_machines(View& view, const Shell& shell) {
  for (View& machine : view["machines"]) {
    for (View& fact : machine["facts"]) fact = View{{"name", fact[0]}, {"value", fact[1]}};
    machine["first_text"] = time_text(text_in(machine, "first"));
    machine["last_text"] = time_text(text_in(machine, "last"));
    for (const char* key : {"median", "p90"})
      machine["noise"][std::string(key) + "_text"] = share_text(number_in(machine["noise"], key));
    machine["spark_text"] = spark_text(machine["drift"]["index"]);
    for (View& change : machine["drift"]["changes"]) {
      change["time_text"] = seconds_text(change, "t");
      change["change_text"] = change_text(number_in(change, "change"));
      change["short"] = short_sha(text_in(change, "commit"));
    }
    if (View& placement = machine["placement"]; placement.is_object()) {
      placement["time_text"] = time_text(text_in(placement, "time"));
      placement["short"] = short_sha(text_in(placement, "commit"));
      placement["has_ranges"] = !placement["ranges"].empty();
      placement["shown_text"] =
          fmt::format("{} of {} benchmarks", placement["ranges"].size(), placement["total"].get<std::size_t>());
      for (View& range : placement["ranges"]) {
        add_series(range["series"], shell.links);
        range["range_text"] = interval_text(range);
        range["error_text"] = share_text(number_in(range, "error"));
      }
    }
    machine["has_changes"] = !machine["drift"]["changes"].empty();
  }
  view["has_machines"] = !view["machines"].empty();
}

}  // namespace perfwarden::dashboard
