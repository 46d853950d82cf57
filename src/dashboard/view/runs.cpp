#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_runs(View& view, const Shell& shell) {
  for (View& one : view["items"]) add_run(one, shell.links);
  view["has_items"] = !view["items"].empty();
  add_parts(view, shell.links, "runs", "&branch=" + percent_encoded(text_in(view, "branch")));
  view["all_link"] = shell.links.query("runs", "branch=%2A");
}

}  // namespace perfwarden::dashboard
