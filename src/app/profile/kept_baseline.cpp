#include "app/profile/kept_baseline.hpp"

#include <nlohmann/json.hpp>

#include "app/cli/files.hpp"
#include "base/hash.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_kept_schema = "perfwarden.profile-baseline/1";

std::string file_of(const std::string& profile) {
  return profile + ".json";
}

}  // namespace

std::string digest_of(std::string_view text) {
  return hex16(fnv1a(text));
}

Result<std::vector<BaselineUpdate>> read_updates(const std::string& profile) {
  std::vector<BaselineUpdate> out;
  const std::string file = file_of(profile);
  if (!os::exists(file)) return out;
  PW_TRY_ASSIGN(const std::string text, read_input(file));
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(text, file));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  if (root["schema"].text() != k_kept_schema) root["schema"].fail("not perfwarden.profile-baseline/1");
  root["updates"].each(k_most_updates, [&](const json::Cursor& item) {
    out.push_back({item["reason"].text(), item["commit"].text(), item["time"].text(), item["samples"].number(),
                   item["digest"].text()});
  });
  if (problem.what.empty()) return out;
  return Error{.kind = ErrorKind::parse,
               .what = problem.place + ": " + problem.what,
               .where = file,
               .hint = "remove the file; perfwarden profile baseline update writes it anew"};
}

Status write_updates(const std::string& profile, const std::vector<BaselineUpdate>& updates) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const BaselineUpdate& one : updates)
    if (list.size() < k_most_updates)
      list.push_back({{"reason", one.reason},
                      {"commit", one.commit},
                      {"time", one.time},
                      {"samples", json::exact_number(one.samples)},
                      {"digest", one.digest}});
  const nlohmann::ordered_json out{{"schema", k_kept_schema}, {"updates", std::move(list)}};
  return os::write_file(file_of(profile), json::pretty(out));
}

}  // namespace perfwarden::app
