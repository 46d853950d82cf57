#include "dashboard/view/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/text.hpp"
#include "dashboard/api/words.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

std::string age_text(double seconds) {
  constexpr double k_hour = 3600;
  constexpr double k_day = 24 * k_hour;
  if (seconds < k_hour) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 2 * k_day) return fmt::format("{:.0f} h", seconds / k_hour);
  return fmt::format("{:.0f} d", seconds / k_day);
}

struct Mark {
  const char* icon;
  const char* words;
};
Mark mark_of(const std::string& state) {
  static const std::map<std::string, Mark> k_marks{{"worse", {"▸", "worse"}},
                                                   {"better", {"▾", "better"}},
                                                   {"same", {"=", "unchanged"}},
                                                   {"undecided", {"?", "undecided"}},
                                                   {"new", {"+", "new"}},
                                                   {"gone", {"−", "gone"}},
                                                   {"OPEN", {"●", "open"}},
                                                   {"ACKNOWLEDGED", {"◐", "acknowledged"}},
                                                   {"RESOLVED", {"✓", "resolved"}},
                                                   {"FALSE_POSITIVE", {"∅", "false positive"}},
                                                   {"pass", {"✓", "pass"}},
                                                   {"fail", {"✗", "fail"}},
                                                   {"inconclusive", {"?", "inconclusive"}}};
  const auto found = k_marks.find(state);
  return found == k_marks.end() ? Mark{"·", ""} : found->second;
}

}  // namespace

double number_in(const View& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : k_nan;
}

std::string text_in(const View& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string change_text(double fraction) {
  return std::isfinite(fraction) ? format_change(fraction) : "–";
}

std::string value_text(const View& json, std::string_view key, const std::string& unit) {
  return format_value(number_in(json, key), unit);
}

std::string time_text(const std::string& time) {
  constexpr std::size_t k_to_minutes = 16;
  return text::replace_all(time.substr(0, k_to_minutes), "T", " ");
}

std::string seconds_text(const View& json, std::string_view key) {
  const double t = number_in(json, key);
  return std::isfinite(t) ? time_text(os::rfc3339(static_cast<std::int64_t>(t))) : "–";
}

void add_mark(View& json, const std::string& state) {
  json["icon"] = mark_of(state).icon;
  json["words"] = words_of_state(state);
}

std::string spark_text(const View& numbers) {
  std::vector<double> values;
  for (const View& one : numbers) values.push_back(one.is_number() ? one.get<double>() : k_nan);
  return text::sparkline(values);
}

std::string share_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:.2g} %", fraction * 100) : "–";
}

std::string words_of_state(const std::string& state) {
  const Mark mark = mark_of(state);
  return *mark.words != 0 ? mark.words : state;
}

std::string interval_text(const View& json) {
  return fmt::format("{} … {}", change_text(number_in(json, "low")), change_text(number_in(json, "high")));
}

void add_series(View& series, const Links& links) {
  series["link"] = links.one("series", series["id"].get<std::int64_t>());
}

void add_run(View& run, const Links& links) {
  if (!run.is_object()) return;
  run["link"] = links.one("run", run["id"].get<std::int64_t>());
  run["short"] = short_sha(text_in(run, "commit"));
  run["time_text"] = time_text(text_in(run, "time"));
  const std::string conclusion = text_in(run, "conclusion");
  add_mark(run, conclusion);
  if (conclusion.empty()) run["words"] = "not judged";
  if (run["pull_request"] == 0) run["pull_request"] = nullptr;
  run["machine_link"] = links.page("machines");
}

void add_alert(View& alert, const Links& links) {
  const std::string unit = text_in(alert, "unit");
  add_series(alert["series"], links);
  alert["link"] = links.one("alert", alert["id"].get<std::int64_t>());
  const ValuePair levels = format_pair(number_in(alert, "before"), number_in(alert, "after"), unit);
  alert["before_text"] = levels.first;
  alert["after_text"] = levels.second;
  alert["change_text"] = change_text(number_in(alert, "change"));
  alert["interval_text"] = interval_text(alert);
  alert["age_text"] = age_text(number_in(alert, "age_s"));
  alert["detected_text"] = time_text(text_in(alert, "detected_at"));
  alert["before_short"] = short_sha(text_in(alert, "last_before"));
  alert["after_short"] = short_sha(text_in(alert, "first_changed"));
  alert["compare_link"] = links.compare(text_in(alert, "last_before"), text_in(alert, "first_changed"));
  add_mark(alert, text_in(alert, "status"));
}

void wrap_texts(View& list) {
  for (View& one : list) one = View{{"text", one}};
}

void add_parts(View& view, const Links& links, std::string_view page, const std::string& more) {
  const auto total = view["total"].get<std::size_t>();
  const auto offset = view["offset"].get<std::size_t>();
  const auto limit = view["limit"].get<std::size_t>();
  const std::string q = text_in(view, "q");
  const auto to = [&](std::size_t at) {
    return links.query(page, fmt::format("q={}&offset={}&limit={}{}", percent_encoded(q), at, limit, more));
  };
  view["previous"] = offset == 0 ? "" : to(offset - std::min(offset, limit));
  view["next"] = offset + limit >= total ? "" : to(offset + limit);
  view["shown_text"] =
      total == 0 ? "none"
                 : fmt::format("{} to {} of {}", std::min(offset + 1, total), std::min(offset + limit, total), total);
}

}  // namespace perfwarden::dashboard
