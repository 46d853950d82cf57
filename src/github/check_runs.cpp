#include "github/check_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_title_characters = 255;
constexpr std::size_t k_message_characters = 16'000;  // of 64 KiB; a character has at most four bytes
constexpr std::size_t k_description_characters = 140;
constexpr std::string_view k_write_checks = "checks: write";

Json annotation_of(const CheckAnnotation& annotation) {
  return {{"path", annotation.path},
          {"start_line", std::max(annotation.line, 1)},
          {"end_line", std::max(annotation.line, 1)},
          {"annotation_level", annotation.level},
          {"title", text::truncate(annotation.title, k_title_characters)},
          {"message", text::truncate(annotation.message, k_message_characters)}};
}

// The output with the annotations from `first` on, as many as go at once.
Json output_of(const CheckRun& run, std::size_t first) {
  Json annotations = Json::array();
  const std::size_t end = std::min(run.annotations.size(), first + k_annotations_at_once);
  for (std::size_t i = first; i < end; ++i) annotations.push_back(annotation_of(run.annotations[i]));
  return {{"title", run.title}, {"summary", run.summary}, {"annotations", annotations}};
}

Json identity_of(const CheckRun& run) {
  Json body{{"name", run.name}, {"head_sha", run.head_sha}, {"external_id", run.external_id}};
  if (!run.details_url.empty()) body["details_url"] = run.details_url;
  return body;
}

Result<std::int64_t> create(Api& api, const Json& body) {
  PW_TRY_ASSIGN(const net::HttpResponse response, api.ask({.method = "POST",
                                                           .path = "/check-runs",
                                                           .body = json::dump(body),
                                                           .repeat = net::Repeat::unsafe,
                                                           .purpose = "write the check run",
                                                           .permission = std::string(k_write_checks)}));
  const auto value = json::parse(response.body);
  const std::int64_t id = value ? json::integer_at(*value, {"id"}) : 0;
  if (id == 0)
    return Error{.kind = ErrorKind::github, .what = "the check run was written, but GitHub's answer has no id"};
  return id;
}

Status change(Api& api, std::int64_t id, const Json& body) {
  PW_TRY(api.ask({.method = "PATCH",
                  .path = fmt::format("/check-runs/{}", id),
                  .body = json::dump(body),
                  .repeat = net::Repeat::unsafe,
                  .purpose = "finish the check run",
                  .permission = std::string(k_write_checks)}));
  return Nothing{};
}

// 0 when there is none.
Result<std::int64_t> under_way(Api& api, const CheckRun& run) {
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.path = fmt::format("/commits/{}/check-runs?check_name={}&status=in_progress&per_page=100",
                                             run.head_sha, net::encode_component(run.name)),
                         .purpose = "look for the check run",
                         .permission = std::string(k_write_checks)}));
  const auto value = json::parse(response.body);
  const Json* list = value ? json::at(*value, {"check_runs"}) : nullptr;
  if (list == nullptr || !list->is_array()) return std::int64_t{0};
  for (const Json& entry : *list)
    if (json::string_at(entry, {"external_id"}) == run.external_id && json::string_at(entry, {"name"}) == run.name)
      return json::integer_at(entry, {"id"});
  return std::int64_t{0};
}

}  // namespace

bool may_write_check_runs(const std::string& token) {
  constexpr std::array<std::string_view, 4> k_of_people{"ghp_", "gho_", "ghu_", "github_pat_"};
  return std::none_of(k_of_people.begin(), k_of_people.end(),
                      [&](std::string_view prefix) { return token.starts_with(prefix); });
}

Result<std::int64_t> begin_check_run(Api& api, const CheckRun& run) {
  Json body = identity_of(run);
  body["status"] = "in_progress";
  body["output"] = Json{{"title", run.title}, {"summary", run.title}};
  return create(api, body);
}

Result<bool> abandon_check_run(Api& api, const CheckRun& run) {
  PW_TRY_ASSIGN(const std::int64_t id, under_way(api, run));
  if (id == 0) return false;
  PW_TRY(change(api, id,
                Json{{"status", "completed"},
                     {"conclusion", run.conclusion},
                     {"output", {{"title", run.title}, {"summary", run.title}}}}));
  return true;
}

Result<std::int64_t> finish_check_run(Api& api, const CheckRun& run) {
  Json body = identity_of(run);
  body["status"] = "completed";
  body["conclusion"] = run.conclusion;
  body["output"] = output_of(run, 0);
  PW_TRY_ASSIGN(std::int64_t id, under_way(api, run));
  if (id != 0) {
    body.erase("head_sha");
    PW_TRY(change(api, id, body));
  } else {
    PW_TRY_ASSIGN(id, create(api, body));
  }
  // Each of these adds its annotations to those before.
  for (std::size_t first = k_annotations_at_once; first < run.annotations.size(); first += k_annotations_at_once)
    PW_TRY(change(api, id, Json{{"output", output_of(run, first)}}));
  return id;
}

Status set_commit_status(Api& api, const CommitStatus& status) {
  Json body{{"state", status.state},
            {"context", status.context},
            {"description", text::truncate(status.description, k_description_characters)}};
  if (!status.target_url.empty()) body["target_url"] = status.target_url;
  PW_TRY(api.ask({.method = "POST",
                  .path = "/statuses/" + status.sha,
                  .body = json::dump(body),
                  .purpose = "set the commit status",
                  .permission = "statuses: write"}));
  return Nothing{};
}

}  // namespace perfwarden::github
