#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_series_list(View& view, const Shell& shell) {
  for (View& item : view["items"]) {
    add_series(item["series"], shell.links);
    item["value_text"] = value_text(item, "value", text_in(item, "unit"));
    item["change_text"] = change_text(number_in(item, "change"));
    item["spark_text"] = spark_text(item["spark"]);
    item["time_text"] = seconds_text(item, "t");
    item["short"] = short_sha(text_in(item, "commit"));
  }
  view["has_items"] = !view["items"].empty();
  view["has_problems"] = !view["problems"].empty();
  wrap_texts(view["problems"]);
  add_parts(view, shell.links, "series");
}

}  // namespace perfwarden::dashboard
