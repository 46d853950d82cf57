#include <fmt/format.h>

#include <cmath>
#include <string>

#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {

void view_budgets(View& view, const Shell& shell) {
  for (View& budget : view["budgets"]) {
    std::string words;
    for (const View& limit : budget["limits"])
      words += fmt::format("{}{}{} {}", words.empty() ? "" : ", ",
                           text_in(limit, "metric").empty() ? "" : text_in(limit, "metric") + ": ",
                           text_in(limit, "level"), text_in(limit, "limit"));
    budget["limits_text"] = budget["off"] == true ? "off" : words;
  }
  for (View& row : view["rows"]) {
    add_series(row["series"], shell.links);
    std::string words;
    for (const View& limit : row["limits"])
      words += fmt::format("{}{} {}", words.empty() ? "" : ", ", text_in(limit, "level"), text_in(limit, "text"));
    row["limits_text"] = words;
    row["latest_text"] = change_text(number_in(row, "latest"));
    row["headroom_text"] = change_text(number_in(row, "headroom"));
    add_mark(row, number_in(row, "headroom") < 0 ? "worse" : "same");
    row["spark_text"] = spark_text(row["worse"]);
    if (!row["proposal"].is_object()) continue;
    View& proposal = row["proposal"];
    const double budget = number_in(proposal, "budget");
    proposal["text"] = std::isfinite(budget)
                           ? fmt::format("{:g} %{}", budget * 100, proposal["hard"] == true ? ", hard" : "")
                           : "too few runs, or too noisy";
    proposal["caught_count"] = proposal["caught"].size();
  }
  view["has_budgets"] = !view["budgets"].empty();
  view["has_rows"] = !view["rows"].empty();
  view["shown_text"] = fmt::format("{} of {}", view["rows"].size(), view["total"].get<std::size_t>());
}

}  // namespace perfwarden::dashboard
