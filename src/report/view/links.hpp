#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/report.hpp"
#include "report/page/medium.hpp"
#include "report/page/page.hpp"

namespace perfwarden::report {

// A Link leads to what another tool knows of the run: a view of Grafana, Pyroscope, a store of traces.
struct Link {
  std::string name;
  std::string url;
  friend bool operator==(const Link&, const Link&) = default;
};

inline constexpr const char* k_links_phrase = "links";

// The phrase `links`, which a user writes as [Name](https://…{{commit}}…), once for each link. Every fact of the run
// that goes into it is percent-encoded: from, to (when it was measured, seconds since 1970), from_ms, to_ms, commit,
// base_commit, branch, pull_request, suite and benchmark (of the first hypothesis, else of the first regression),
// function and package (of what grew most in a profile), trace (of the slowest request that runs changed code). A fact
// that the run lacks is false.
[[nodiscard]] std::vector<Link> links_of(const Report& report, const Phrases& phrases);
// The list `links` of templates.
[[nodiscard]] List link_list(Medium medium, const std::vector<Link>& links);
// Error (config) when the phrase holds anything else than links.
[[nodiscard]] Status check_links(const std::string& file, const std::string& phrase);

}  // namespace perfwarden::report
