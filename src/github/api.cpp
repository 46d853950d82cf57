#include "github/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/link.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/redact.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

constexpr long k_absent = 404;
constexpr long k_invalid = 422;
constexpr int k_max_pages = 30;
constexpr int k_max_redirects = 3;
constexpr int k_max_creations = 3;
constexpr double k_between_writes_s = 1;  // docs.github.com, "Best practices for using the REST API"

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

Error error(std::string what, std::string hint = "") {
  return Error{.kind = ErrorKind::github, .what = std::move(what), .hint = std::move(hint)};
}

bool is_success(const net::HttpResponse& response) {
  return response.status / 100 == 2;
}

// What GitHub says in an error's body, in one safe line.
std::string message_of(const net::HttpResponse& response) {
  const auto value = json::parse(response.body);
  if (!value) return "";
  std::string out = json::string_at(*value, {"message"});
  const Json* errors = json::at(*value, {"errors"});
  if (errors != nullptr && errors->is_array()) {
    for (const Json& entry : *errors) {
      std::string one = entry.is_string() ? entry.get<std::string>() : json::string_at(entry, {"message"});
      if (one.empty()) one = json::string_at(entry, {"field"}) + " " + json::string_at(entry, {"code"});
      out += "; " + one;
    }
  }
  return text::truncate(text::one_line(net::redact(out)), 300);
}

PullRequest pull_request_of(const Json& value) {
  return {json::integer_at(value, {"number"}),
          json::string_at(value, {"head", "sha"}),
          json::string_at(value, {"head", "repo", "full_name"}),
          json::string_at(value, {"base", "repo", "full_name"}),
          json::string_at(value, {"user", "login"}),
          json::string_at(value, {"body"})};
}

}  // namespace

Comment comment_of(const Json& value) {
  return {json::integer_at(value, {"id"}),
          json::string_at(value, {"body"}),
          json::string_at(value, {"user", "login"}),
          json::string_at(value, {"user", "type"}) == "Bot",
          json::string_at(value, {"performed_via_github_app", "slug"}),
          json::string_at(value, {"node_id"}),
          json::string_at(value, {"created_at"}),
          json::string_at(value, {"updated_at"}),
          json::string_at(value, {"author_association"})};
}

bool same_text(const std::string& a, const std::string& b) {
  const std::string one = text::replace_all(a, "\r\n", "\n");
  const std::string other = text::replace_all(b, "\r\n", "\n");
  return text::trim(one) == text::trim(other);
}

Api::Api(net::HttpClient& http, os::Clock& clock, Access access)
    : http_(http), clock_(clock), access_(std::move(access)) {
  auto random = std::make_shared<SplitMix64>(random_seed());
  retry_.sleep_s = [this](double seconds) {
    clock_.sleep_s(seconds);
    waited_s_ += seconds;
  };
  retry_.unix_s = [this] { return clock_.unix_s(); };
  retry_.uniform = [random] { return random->uniform(); };
}

std::string Api::url_of(const std::string& path) const {
  if (path.starts_with("http://") || path.starts_with("https://")) return path;
  return fmt::format("{}/repos/{}{}", access_.api_url, access_.repository, path);
}

void Api::pause_between_writes(const Call& call) {
  if (call.method == "GET") return;
  const double now = clock_.monotonic_s();
  if (last_write_s_ && now - *last_write_s_ < k_between_writes_s)
    clock_.sleep_s(std::min(k_between_writes_s - (now - *last_write_s_), http_.remaining_s()));
  last_write_s_ = clock_.monotonic_s();
}

Result<net::HttpResponse> Api::exchange(const Call& call) {
  pause_between_writes(call);
  net::HttpRequest request;
  request.method = call.method;
  request.url = url_of(call.path);
  request.body = call.body;
  request.headers = {{"Authorization", "Bearer " + access_.token},
                     {"Accept", "application/vnd.github+json"},
                     {"X-GitHub-Api-Version", "2022-11-28"},
                     {"User-Agent", access_.user_agent}};
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  net::RetryPolicy policy;
  policy.max_total_wait_s = std::min(std::max(0.0, policy.max_total_wait_s - waited_s_), http_.remaining_s());
  auto outcome = net::send_patiently(http_, request, call.repeat, retry_, policy);
  if (!outcome && outcome.error().kind == ErrorKind::network)
    outcome.error().what = fmt::format("cannot {}: {}", call.purpose, outcome.error().what);
  return outcome;
}

// A renamed repository answers 301, 307 or 308: the same method goes to the new address, but only
// at the same origin, because the token goes with it.
Result<net::HttpResponse> Api::send_following(const Call& first) {
  Call call = first;
  for (int hops = 0;; ++hops) {
    PW_TRY_ASSIGN(net::HttpResponse response, exchange(call));
    const bool moved =
        response.status == 301 || response.status == 302 || response.status == 307 || response.status == 308;
    if (!moved) return response;
    const auto target = same_origin(access_.api_url, response.headers["location"]);
    if (!target)
      return error(
          fmt::format("cannot {}: GitHub redirects to another host, which must not see the token", call.purpose),
          "check GITHUB_API_URL and any proxy on the way");
    if (hops == k_max_redirects) return error(fmt::format("cannot {}: too many redirects", call.purpose));
    call.path = *target;
  }
}

Error Api::refusal(const Call& call, const net::HttpResponse& response) {
  const std::string said = message_of(response);
  const std::string what =
      fmt::format("cannot {}: GitHub answered {}{}{}", call.purpose, response.status, said.empty() ? "" : ": ", said);
  refused_ = refusal_of(response, call.method != "GET");
  return error(what, cure_of(refused_, call.permission));
}

Result<net::HttpResponse> Api::ask(const Call& call, long also_fine) {
  refused_ = Refusal::none;
  PW_TRY_ASSIGN(net::HttpResponse response, send_following(call));
  if (!is_success(response) && response.status != also_fine) return refusal(call, response);
  return response;
}

Result<net::HttpResponse> Api::download(const Call& call) {
  refused_ = Refusal::none;
  PW_TRY_ASSIGN(net::HttpResponse answer, exchange(call));
  if (answer.status != 302) return refusal(call, answer);
  net::HttpRequest request;
  request.url = answer.headers["location"];
  request.headers = {{"User-Agent", access_.user_agent}};
  net::RetryPolicy policy;
  policy.max_total_wait_s = std::min(policy.max_total_wait_s, http_.remaining_s());
  PW_TRY_ASSIGN(net::HttpResponse file, net::send_patiently(http_, request, net::Repeat::safe, retry_, policy));
  if (!is_success(file))
    return error(fmt::format("cannot {}: where GitHub keeps it answered {}", call.purpose, file.status));
  return file;
}

// Reads the objects of a list, page after page; false when there were more pages than we read.
Result<bool> Api::each_entry(Call call, const std::function<void(const Json&)>& read) {
  for (int page = 0; page < k_max_pages; ++page) {
    PW_TRY_ASSIGN(net::HttpResponse response, ask(call));
    const auto list = json::parse(response.body);
    if (!list || !list->is_array()) return error(fmt::format("cannot {}: the answer is not a JSON list", call.purpose));
    for (const Json& entry : *list)
      if (entry.is_object()) read(entry);
    const auto next = next_page(response.headers["link"]);
    if (!next) return true;
    const auto target = same_origin(access_.api_url, *next);
    if (!target)
      return error(
          fmt::format("cannot {}: the next page is at another host, which must not see the token", call.purpose),
          "check GITHUB_API_URL and any proxy on the way");
    call.path = *target;
  }
  return false;
}

Result<std::vector<Comment>> Api::comments(std::int64_t issue) {
  std::vector<Comment> out;
  Call call;
  call.path = fmt::format("/issues/{}/comments?per_page=100", issue);
  call.purpose = "list the comments";
  call.permission = "pull-requests: write";
  PW_TRY_ASSIGN(const bool all, each_entry(call, [&](const Json& entry) { out.push_back(comment_of(entry)); }));
  if (!all) return error("cannot find our comment: there are more than 3000 comments");
  return out;
}

Result<Comment> Api::create_comment(std::int64_t issue, const std::string& body) {
  Call call;
  call.method = "POST";
  call.path = fmt::format("/issues/{}/comments", issue);
  call.body = json::dump(Json{{"body", body}});
  call.repeat = net::Repeat::unsafe;
  call.purpose = "post the comment";
  call.permission = "pull-requests: write";
  for (int tries = 1;; ++tries) {
    refused_ = Refusal::none;
    const auto outcome = send_following(call);
    if (net::is_uncertain(outcome)) {
      PW_TRY_ASSIGN(const std::vector<Comment> now, comments(issue));
      const auto ours =
          std::find_if(now.rbegin(), now.rend(), [&](const Comment& comment) { return same_text(comment.body, body); });
      if (ours != now.rend()) return *ours;
      if (tries < k_max_creations) continue;
    }
    if (!outcome) return outcome.error();
    if (!is_success(*outcome)) return refusal(call, *outcome);
    const auto value = json::parse(outcome->body);
    if (!value || json::integer_at(*value, {"id"}) == 0)
      return error("the comment was posted, but GitHub's answer has no id");
    return comment_of(*value);
  }
}

Result<std::optional<Comment>> Api::comment(std::int64_t id) {
  PW_TRY_ASSIGN(const net::HttpResponse response, ask({"GET", fmt::format("/issues/comments/{}", id), "",
                                                       net::Repeat::safe, "read the comment", "pull-requests: write"},
                                                      k_absent));
  if (response.status == k_absent) return std::optional<Comment>();
  const auto value = json::parse(response.body);
  if (!value || json::integer_at(*value, {"id"}) != id)
    return error("cannot read the comment: the answer is about something else");
  return std::optional(comment_of(*value));
}

Status Api::update_comment(std::int64_t id, const std::string& body) {
  PW_TRY(ask({"PATCH", fmt::format("/issues/comments/{}", id), json::dump(Json{{"body", body}}), net::Repeat::safe,
              "update the comment", "pull-requests: write"}));
  return Nothing{};
}

Status Api::delete_comment(std::int64_t id) {
  PW_TRY(ask({"DELETE", fmt::format("/issues/comments/{}", id), "", net::Repeat::safe, "delete a duplicate comment",
              "pull-requests: write"},
             k_absent));
  return Nothing{};
}

Status Api::create_label(const std::string& name, const std::string& color, const std::string& description) {
  const Call call{"POST",
                  "/labels",
                  json::dump(Json{{"name", name}, {"color", color}, {"description", description}}),
                  net::Repeat::safe,  // a second one is refused as existing
                  "create the label",
                  "issues: write"};
  PW_TRY_ASSIGN(const net::HttpResponse response, ask(call, k_invalid));
  const bool exists = response.status == k_invalid && response.body.find("already_exists") != std::string::npos;
  if (!exists && !is_success(response)) return refusal(call, response);
  return Nothing{};
}

Status Api::add_label(std::int64_t issue, const std::string& name) {
  PW_TRY(ask({"POST", fmt::format("/issues/{}/labels", issue), json::dump(Json{{"labels", Json::array({name})}}),
              net::Repeat::safe, "set the label", "pull-requests: write"}));
  return Nothing{};
}

Result<bool> Api::remove_label(std::int64_t issue, const std::string& name) {
  PW_TRY_ASSIGN(const net::HttpResponse response,
                ask({"DELETE", fmt::format("/issues/{}/labels/{}", issue, net::encode_component(name)), "",
                     net::Repeat::safe, "remove the label", "pull-requests: write"},
                    k_absent));
  return response.status != k_absent;
}

Result<std::vector<PullRequestEvent>> Api::events(std::int64_t number) {
  using Kind = PullRequestEvent::Kind;
  static const std::map<std::string, Kind> k_kinds{
      {"labeled", Kind::labeled}, {"unlabeled", Kind::unlabeled}, {"head_ref_force_pushed", Kind::force_pushed}};
  std::vector<PullRequestEvent> out;
  Call call;
  call.path = fmt::format("/issues/{}/events?per_page=100", number);
  call.purpose = "read who set the override label";
  call.permission = "pull-requests: read";
  PW_TRY_ASSIGN(const bool all, each_entry(call, [&](const Json& entry) {
                  const auto kind = k_kinds.find(json::string_at(entry, {"event"}));
                  if (kind == k_kinds.end()) return;
                  out.push_back({kind->second, json::string_at(entry, {"label", "name"}),
                                 json::string_at(entry, {"actor", "login"}), json::string_at(entry, {"created_at"})});
                }));
  if (!all) return error("cannot read who set the override label: the pull request has more than 3000 events");
  return out;
}

Result<PullRequest> Api::pull_request(std::int64_t number) {
  Call call;
  call.path = fmt::format("/pulls/{}", number);
  call.purpose = "read the pull request";
  call.permission = "pull-requests: read";
  PW_TRY_ASSIGN(const net::HttpResponse response, ask(call));
  const auto value = json::parse(response.body);
  if (!value || json::integer_at(*value, {"number"}) != number)
    return error("cannot read the pull request: the answer is about something else");
  return pull_request_of(*value);
}

Result<std::vector<PullRequest>> Api::open_pull_requests(const std::string& head_owner,
                                                         const std::string& head_branch) {
  std::vector<PullRequest> out;
  Call call;
  call.path =
      fmt::format("/pulls?state=open&head={}&per_page=100", net::encode_component(head_owner + ":" + head_branch));
  call.purpose = "find the pull request";
  call.permission = "pull-requests: read";
  PW_TRY(each_entry(call, [&](const Json& entry) { out.push_back(pull_request_of(entry)); }));
  return out;
}

Result<Json> Api::graphql(const std::string& query, const Json& variables, const std::string& purpose,
                          const std::string& permission) {
  // REST lives at /api/v3 and GraphQL at /api/graphql on a GitHub Enterprise Server.
  std::string root = access_.api_url;
  if (root.ends_with("/v3")) root.resize(root.size() - 3);
  while (root.ends_with('/')) root.pop_back();
  Json body{{"query", query}};
  if (!variables.empty()) body["variables"] = variables;
  PW_TRY_ASSIGN(const net::HttpResponse response,
                ask({"POST", root + "/graphql", json::dump(body), net::Repeat::unsafe, purpose, permission}));
  const auto value = json::parse(response.body);
  const Json* data = value ? json::at(*value, {"data"}) : nullptr;
  const Json* errors = value ? json::at(*value, {"errors"}) : nullptr;
  if (data == nullptr || !data->is_object() || (errors != nullptr && !errors->empty()))
    return error(fmt::format("cannot {}: {}", purpose, message_of(response)),
                 fmt::format("where the token may not do that, give the job `permissions: {}`", permission));
  return *data;
}

std::string Api::viewer() {
  const std::string purpose = "ask who the token belongs to";
  if (const auto data = graphql("query{viewer{login}}", Json::object(), purpose, "contents: read"))
    return json::string_at(*data, {"viewer", "login"});
  const auto response = ask({"GET", access_.api_url + "/user", "", net::Repeat::unsafe, purpose, "contents: read"});
  refused_ = Refusal::none;  // there is another way to know
  const auto value = response ? json::parse(response->body) : Result<Json>(response.error());
  return value ? json::string_at(*value, {"login"}) : "";
}

Status Api::minimize_comment(const std::string& node_id) {
  PW_TRY(graphql(
      "mutation($id:ID!){minimizeComment(input:{subjectId:$id,classifier:OUTDATED}){minimizedComment{isMinimized}}}",
      {{"id", node_id}}, "fold an outdated comment", "pull-requests: write"));
  return Nothing{};
}

Status Api::unminimize_comment(const std::string& node_id) {
  PW_TRY(graphql("mutation($id:ID!){unminimizeComment(input:{subjectId:$id}){unminimizedComment{isMinimized}}}",
                 {{"id", node_id}}, "show a folded comment again", "pull-requests: write"));
  return Nothing{};
}

Result<std::int64_t> resolve_pull_request(Api& api, const RunContext& context) {
  const std::string owner = context.head_repository.substr(0, context.head_repository.find('/'));
  if (owner.empty() || context.head_ref.empty() || context.head_sha.empty()) return std::int64_t{0};
  PW_TRY_ASSIGN(const std::vector<PullRequest> open, api.open_pull_requests(owner, context.head_ref));
  std::int64_t found = 0;
  for (const PullRequest& candidate : open) {
    const bool matches = candidate.head_sha == context.head_sha &&
                         text::lower(candidate.head_repository) == text::lower(context.head_repository) &&
                         text::lower(candidate.base_repository) == text::lower(context.repository);
    if (!matches) continue;
    if (found != 0) return std::int64_t{0};  // one branch, two pull requests: which one was measured is not known
    found = candidate.number;
  }
  return found;
}

}  // namespace perfwarden::github
