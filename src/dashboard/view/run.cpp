#include <fmt/format.h>

#include <cmath>
#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/pages.hpp"
#include "dashboard/view/parts.hpp"
#include "dashboard/view/profiles.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {

void view_run(View& view, const Shell& shell) {
  View& about = view["run"];
  add_run(about, shell.links);
  about["base_short"] = text_in(about, "base_commit").empty() ? "" : short_sha(text_in(about, "base_commit"));
  about["compare_link"] = shell.links.compare(text_in(about, "base_commit"), text_in(about, "commit"));
  for (View& fact : view["environment"]) fact = View{{"name", fact[0]}, {"value", fact[1]}};
  about["has_parents"] = !about["parents"].empty();
  for (View& parent : about["parents"]) {
    const std::string sha = parent.get<std::string>();
    parent = View{{"short", short_sha(sha)}, {"link", shell.links.compare(sha, text_in(about, "commit"))}};
  }
  if (about["rating"].is_object())
    for (const char* key : {"cpu", "memory"}) {
      const double rating = number_in(about["rating"], key);
      about["rating"][std::string(key) + "_text"] =
          std::isnan(rating) ? "not measured" : fmt::format("{:g} of 10", rating);
    }
  add_profiles(view, shell.links);
  for (View& finding : view["findings"]) add_series(finding["series"], shell.links);
  for (View& row : view["series"]) {
    const std::string unit = text_in(row, "unit");
    add_series(row["series"], shell.links);
    for (const char* key : {"value", "low", "high", "p95", "p99"})
      row[std::string(key) + "_text"] = value_text(row, key, unit);
    row["cv_text"] = share_text(number_in(row, "cv"));
    row["samples_link"] = shell.links.query(fmt::format("runs/{}", about["id"].get<std::int64_t>()),
                                            fmt::format("series={}", row["series"]["id"].get<std::int64_t>()));
  }
  for (const char* key : {"warnings", "failures", "findings", "environment", "series"})
    view[std::string("has_") + key] = !view[key].empty();
  View& samples = view["samples"];
  if (samples.is_object()) {
    const std::string unit = text_in(samples, "unit");
    add_series(samples["series"], shell.links);
    std::size_t number = 0;
    for (View& invocation : samples["invocations"]) {
      std::string words;
      for (const View& value : invocation)
        words += (words.empty() ? "" : ", ") + format_value(value.is_number() ? value.get<double>() : k_nan, unit);
      invocation = View{{"number", ++number}, {"values_text", words}};
    }
  }
  add_parts(view, shell.links, fmt::format("runs/{}", about["id"].get<std::int64_t>()));
}

}  // namespace perfwarden::dashboard
