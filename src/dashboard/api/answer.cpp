#include "dashboard/api/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "dashboard/api/grafana.hpp"

namespace perfwarden::dashboard {

std::span<const Route> routes() {
  static const std::array k_routes{
      Route{"status", "status", {}, status_answer},
      Route{"alerts", "alerts", {"q", "offset", "limit"}, alerts_answer},
      Route{"alerts/{id}", "alert", {}, alert_answer},
      Route{"series", "series_list", {"q", "offset", "limit"}, series_list_answer},
      Route{"series/{id}", "series", {"branch", "machine", "from", "to", "points", "values"}, series_answer},
      Route{"compare", "compare", {"base", "head", "q", "all"}, compare_answer},
      Route{"runs", "runs", {"branch", "offset", "limit"}, runs_answer},
      Route{"runs/{id}", "run", {"series", "q", "offset", "limit"}, run_answer},
      Route{"budgets", "budgets", {"q"}, budgets_answer},
      Route{"machines", "machines", {}, machines_answer},
      Route{"search", "search", {"q"}, search_answer},
      Route{"grafana/points", "", {"series", "branch", "from", "to", "points"}, grafana_points_answer},
      Route{"grafana/annotations", "", {"from", "to"}, grafana_annotations_answer},
  };
  return k_routes;
}

const Route* route_of(const Question& question) {
  for (const Route& route : routes()) {
    const std::vector<std::string_view> parts = text::split(route.path, '/');
    const bool same = std::equal(parts.begin(), parts.end(), question.path.begin(), question.path.end(),
                                 [](std::string_view part, const std::string& given) {
                                   return part == "{id}" ? !given.empty() : part == given;
                                 });
    if (same) return &route;
  }
  return nullptr;
}

Result<Json> answer(const Desk& desk, const Question& question) {
  const Route* route = route_of(question);
  if (route == nullptr) return not_there("there is no such address", "api/v1/openapi.json lists them");
  for (const auto& [key, value] : question.parameters)
    if (std::find(route->keys.begin(), route->keys.end(), key) == route->keys.end()) {
      std::vector<std::string> known(route->keys.begin(), route->keys.end());
      return Error{.kind = ErrorKind::usage,
                   .what = fmt::format("'{}' is not a parameter here", text::one_line(key)),
                   .hint = known.empty() ? "there are none" : "the parameters are " + text::join(known, ", ")};
    }
  return route->answer(desk, question);
}

Result<std::int64_t> id_in(const Question& question, std::string_view what) {
  const auto id = text::to_integer(question.path.at(1));
  if (id && *id > 0) return static_cast<std::int64_t>(*id);
  return not_there(fmt::format("'{}' is not the number of {}", text::one_line(question.path.at(1)), what));
}

}  // namespace perfwarden::dashboard
