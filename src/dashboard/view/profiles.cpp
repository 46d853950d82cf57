#include "dashboard/view/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "dashboard/api/words.hpp"
#include "dashboard/view/parts.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_rows = 15;  // functions of a table

std::string name_of_profile(const View& profile) {
  const std::string suite = text_in(profile, "suite");
  const std::string benchmark = text_in(profile, "benchmark");
  if (suite.empty() || benchmark.empty()) return suite + benchmark;
  return suite + "/" + benchmark;
}

// Cuts the list; what is left says how much of it is shown.
std::string cut(View& functions) {
  const std::size_t all = functions.size();
  while (functions.size() > k_rows) functions.erase(functions.size() - 1);
  return fmt::format("{} of {} functions", functions.size(), all);
}

}  // namespace

void add_profiles(View& view, const Links& links) {
  for (View& profile : view["profiles"]) {
    profile["name"] = name_of_profile(profile);
    profile["flame"] = profile["stacks"].get<bool>() ? links.flame(0, profile["id"].get<std::int64_t>()) : "";
    const double samples = number_in(profile, "samples");
    profile["samples_text"] = samples > 0 ? fmt::format("{:.0f}", samples) : "";
    profile["shown_text"] = cut(profile["functions"]);
    profile["has_functions"] = !profile["functions"].empty();
    for (View& function : profile["functions"])
      for (const char* key : {"self", "total"})
        function[std::string(key) + "_text"] = share_text(number_in(function, key));
  }
  view["has_profiles"] = !view["profiles"].empty();
}

void add_profile_change(View& view, const Links& links) {
  View& profile = view["profile"];
  if (!profile.is_object()) return;
  for (const char* side : {"before", "after"}) {
    profile[side]["short"] = short_sha(text_in(profile[side], "commit"));
    profile[side]["link"] = links.one("run", profile[side]["run"].get<std::int64_t>());
  }
  profile["flame"] = profile["stacks"].get<bool>() ? links.flame(profile["before"]["profile"].get<std::int64_t>(),
                                                                 profile["after"]["profile"].get<std::int64_t>())
                                                   : "";
  profile["shown_text"] = cut(profile["functions"]);
  profile["has_functions"] = !profile["functions"].empty();
  for (View& function : profile["functions"]) {
    const double before = number_in(function, "before");
    const double after = number_in(function, "after");
    function["before_text"] = share_text(before);
    function["after_text"] = share_text(after);
    function["change_text"] = fmt::format("{:+.1f} points", (after - before) * 100);
  }
}

void add_hot_functions(View& view) {
  View& hot = view["functions"];
  if (!hot.is_object()) return;
  for (View& function : hot["functions"]) {
    const View& newest = function["shares"].back();
    function["newest_text"] = share_text(newest.is_number() ? newest.get<double>() : 0);
    function["spark_text"] = spark_text(function["shares"]);
  }
  hot["has_functions"] = !hot["functions"].empty();
  hot["runs_text"] = fmt::format("{} profiled run{}", hot["runs"].size(), hot["runs"].size() == 1 ? "" : "s");
}

}  // namespace perfwarden::dashboard
