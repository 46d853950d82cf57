#include "app/history/deployments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/history/commits.hpp"
#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "os/clock.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_deployments = 100'000;  // in a file
constexpr std::size_t k_most_asked = 20;             // of one environment, about one range: each is a run of git

// The value of the first of these names that there is; "" when there is none.
std::string first_of(const json::Cursor& at, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (at.has(name) && !at[name].is_null()) return at[name].text();
  return "";
}

std::set<std::string> commits_of(const checkout::Git& git, const std::string& from, const std::string& to) {
  const Result<std::string> log = git.run({"rev-list", from + ".." + to, "--"});
  std::set<std::string> out;
  if (!log) return out;
  for (const std::string_view line : text::lines(*log)) out.emplace(line);
  return out;
}

}  // namespace

Result<std::vector<Deployment>> read_deployments(std::string_view text, const std::string& file) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(text, file));
  json::Cursor::Problem problem;
  std::vector<Deployment> out;
  json::Cursor(json, "", problem).each(k_most_deployments, [&](const json::Cursor& at) {
    Deployment one;
    one.commit = text::lower(first_of(at, {"commit", "sha"}));
    one.time = first_of(at, {"time", "created_at"});
    one.environment = first_of(at, {"environment"});
    one.name = first_of(at, {"name", "ref"});
    if (one.environment.empty()) one.environment = "production";
    const auto time = os::read_rfc3339(one.time);
    if (!is_sha(one.commit)) return at.fail("has no commit of at least 7 hex digits");
    if (!time) return at.fail("has no time like 2026-11-21T10:00:00Z");
    one.time = os::rfc3339(*time);  // in UTC, so that times sort
    out.push_back(std::move(one));
  });
  if (problem.what.empty()) return out;
  return Error{.kind = ErrorKind::parse,
               .what = fmt::format("{}: {}", problem.place, problem.what),
               .where = file,
               .hint =
                   "give [{\"commit\": \"9be01d4…\", \"time\": \"2026-11-21T10:00:00Z\", \"environment\": "
                   "\"production\", \"name\": \"v1.4\"}], or what "
                   "`gh api repos/OWNER/REPO/deployments` prints"};
}

std::vector<Shipment> shipments_of(const checkout::Git& git, const std::string& last_before,
                                   const std::string& first_changed, std::span<const Deployment> all) {
  if (all.empty() || !is_sha(last_before) || !is_sha(first_changed)) return {};
  const std::set<std::string> commits = commits_of(git, last_before, first_changed);
  const Result<std::string> born =
      git.run({"show", "--no-patch", "--no-show-signature", "--format=%ct", last_before, "--"});
  if (commits.empty() || !born) return {};
  const std::string since = os::rfc3339(text::to_integer(text::trim(*born)).value_or(0));
  struct Environment {
    std::set<std::string> arrived;
    std::size_t asked = 0;
  };
  std::map<std::string, Environment> environments;
  std::vector<Shipment> out;
  for (const Deployment& deployment : all) {
    Environment& environment = environments[deployment.environment];
    if (deployment.time < since || environment.arrived.size() == commits.size() || environment.asked == k_most_asked ||
        !is_sha(deployment.commit))
      continue;
    ++environment.asked;
    Shipment shipment{deployment, 0};
    for (const std::string& commit : commits_of(git, last_before, deployment.commit))
      if (commits.contains(commit) && environment.arrived.insert(commit).second) ++shipment.commits;
    if (shipment.commits > 0) out.push_back(std::move(shipment));
  }
  return out;
}

std::string text_of(const Shipment& shipment, std::size_t commits) {
  const Deployment& one = shipment.deployment;
  const std::string name = one.name.empty() ? "" : " " + text::truncate(text::one_line(one.name), 40);
  return fmt::format("{} {}{}: {} of {} commit{} ({:.0f} %)", text::truncate(text::one_line(one.environment), 40),
                     text::one_line(one.time), name, shipment.commits, commits, commits == 1 ? "" : "s",
                     100.0 * static_cast<double>(shipment.commits) / static_cast<double>(commits));
}

}  // namespace perfwarden::app
