#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_machines(View& view, const Shell& /*shell*/) {
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
    machine["has_changes"] = !machine["drift"]["changes"].empty();
  }
  view["has_machines"] = !view["machines"].empty();
}

}  // namespace perfwarden::dashboard
