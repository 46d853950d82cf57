#include <fmt/format.h>

#include <cmath>
#include <string>

#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {

void view_compare(View& view, const Shell& shell) {
  add_run(view["base"], shell.links);
  add_run(view["head"], shell.links);
  for (View& row : view["rows"]) {
    add_series(row["series"], shell.links);
    const ValuePair levels = format_pair(number_in(row, "base"), number_in(row, "head"), text_in(row, "unit"));
    row["base_text"] = levels.first;
    row["head_text"] = levels.second;
    row["change_text"] = change_text(number_in(row, "change"));
    row["interval_text"] = interval_text(row);
    row["p_text"] = std::isfinite(number_in(row, "p")) ? fmt::format("{:.2g}", number_in(row, "p")) : "–";
    row["factor_text"] =
        std::isfinite(number_in(row, "factor")) ? fmt::format("{:.1f}", number_in(row, "factor")) : "–";
    add_mark(row, text_in(row, "state"));
  }
  view["has_rows"] = !view["rows"].empty();
  view["recorded"] = text_in(view, "source") == "recorded";
  view["geomean_text"] = change_text(number_in(view["summary"], "geomean"));
  const std::string pair = fmt::format("base={}&head={}", percent_encoded(text_in(view["base"], "commit")),
                                       percent_encoded(text_in(view["head"], "commit")));
  view["all_link"] = view["folded"] == 0 ? "" : shell.links.query("compare", pair + "&all=1");
  view["markdown_link"] = shell.links.as_files ? "" : shell.links.root + "api/v1/compare.md?" + pair;
  if (view["folded"] == 0) view["folded"] = nullptr;
}

}  // namespace perfwarden::dashboard
