#include "support/fake_github.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"

namespace perfwarden::support {
namespace {

using nlohmann::json;

const std::string k_repository = "/repos/acme/widgets";

WireReply reply(int status, const json& body) {
  return {status, {{"Content-Type", "application/json; charset=utf-8"}}, body.dump(), WireReply::Ending::whole};
}

WireReply problem(int status, const std::string& message, json errors = json::array()) {
  json body{{"message", message}, {"documentation_url", "https://docs.github.com/rest"}};
  if (!errors.empty()) body["errors"] = std::move(errors);
  return reply(status, body);
}

WireReply nothing() {
  return {204, {}, "", WireReply::Ending::whole};
}

json json_of(const FakeComment& comment) {
  json out{{"id", comment.id},
           {"node_id", "IC_" + std::to_string(comment.id)},
           {"body", comment.body},
           {"user", {{"login", comment.login}, {"type", comment.type}}},
           {"created_at", comment.created},
           {"updated_at", comment.updated},
           {"author_association", comment.association},
           {"performed_via_github_app", nullptr}};
  if (!comment.app.empty()) out["performed_via_github_app"] = json{{"slug", comment.app}};
  return out;
}

json json_of(const FakePullRequest& pull_request) {
  return {{"number", pull_request.number},
          {"state", "open"},
          {"body", pull_request.body},
          {"user", {{"login", pull_request.author}}},
          {"head",
           {{"sha", pull_request.head_sha},
            {"ref", pull_request.head_ref},
            {"repo", {{"full_name", pull_request.head_owner + "/widgets"}}}}},
          {"base", {{"ref", "main"}, {"repo", {{"full_name", pull_request.base_repository}}}}}};
}

json json_of(const FakeLabelEvent& event) {
  json out{{"event", event.event}, {"label", {{"name", event.label}, {"color", "ededed"}}}, {"actor", nullptr}};
  if (!event.actor.empty()) out["actor"] = json{{"login", event.actor}};
  if (!event.time.empty()) out["created_at"] = event.time;
  return out;
}

json json_of(const FakeIssue& issue) {
  json labels = json::array();
  for (const std::string& label : issue.labels) labels.push_back(json{{"name", label}});
  const bool bot = issue.login.ends_with("[bot]");
  return {{"number", issue.number}, {"title", issue.title},
          {"body", issue.body},     {"state", issue.open ? "open" : "closed"},
          {"labels", labels},       {"user", {{"login", issue.login}, {"type", bot ? "Bot" : "User"}}}};
}

long query_number(const WireRequest& request, const std::string& name, long otherwise) {
  const std::string query = request.query();
  for (const std::string_view part : text::split(query, '&'))
    if (part.starts_with(name + "="))
      return static_cast<long>(text::to_integer(part.substr(name.size() + 1)).value_or(0));
  return otherwise;
}

// One page of a list, with the Link header that GitHub would send.
template <class T>
WireReply page_of(const WireRequest& request, const std::string& origin, const std::vector<T>& all) {
  const auto size = static_cast<std::size_t>(query_number(request, "per_page", 30));
  const auto page = static_cast<std::size_t>(query_number(request, "page", 1));
  json entries = json::array();
  for (std::size_t i = (page - 1) * size; i < std::min(all.size(), page * size); ++i)
    entries.push_back(json_of(all[i]));
  WireReply out = reply(200, entries);
  if (all.size() > page * size) {
    const std::string address = fmt::format("{}{}?per_page={}&page=", origin, request.path(), size);
    out.headers.emplace_back("Link",
                             fmt::format("<{}1>; rel=\"first\", <{}{}>; rel=\"next\"", address, address, page + 1));
  }
  return out;
}

}  // namespace

FakeGitHub::FakeGitHub(std::string prefix)
    : prefix_(std::move(prefix)),
      openapi_(fixture("github/openapi.json")),
      storage_([this](const WireRequest& request) { return store(request); }),
      server_([this](const WireRequest& request) { return answer(request); }) {}

FakeGitHub::~FakeGitHub() {
  const std::lock_guard lock(mutex_);
  for (const std::string& complaint : complaints_) ADD_FAILURE() << "GitHub would not like it: " << complaint;
  for (const Stub& stub : stubs_)
    if (stub.times > 0) ADD_FAILURE() << "stub '" << stub.name << "' was not used (" << stub.times << " left)";
}

void FakeGitHub::stub(Stub stub) {
  const std::lock_guard lock(mutex_);
  stubs_.push_back(std::move(stub));
}

void FakeGitHub::add_comment(FakeComment comment) {
  const std::lock_guard lock(mutex_);
  if (comment.id == 0) comment.id = next_id_++;
  comments_.push_back(std::move(comment));
}

void FakeGitHub::add_pull_request(FakePullRequest pull_request) {
  const std::lock_guard lock(mutex_);
  std::erase_if(pull_requests_, [&](const auto& other) { return other.number == pull_request.number; });
  pull_requests_.push_back(std::move(pull_request));
}

void FakeGitHub::add_artifact(FakeArtifact artifact) {
  const std::lock_guard lock(mutex_);
  artifact.id = next_id_++;
  artifacts_.insert(artifacts_.begin(), std::move(artifact));
}

void FakeGitHub::add_event(FakeLabelEvent event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}

void FakeGitHub::set_permission(const std::string& login, const std::string& permission) {
  const std::lock_guard lock(mutex_);
  permissions_[login] = permission;
}

void FakeGitHub::add_team_member(const std::string& team, const std::string& login) {
  const std::lock_guard lock(mutex_);
  team_members_.push_back(team + "/" + login);
}

void FakeGitHub::add_issue(FakeIssue issue) {
  const std::lock_guard lock(mutex_);
  if (issue.number == 0) issue.number = next_id_++;
  issues_.push_back(std::move(issue));
}

std::vector<FakeIssue> FakeGitHub::issues() const {
  const std::lock_guard lock(mutex_);
  return issues_;
}

std::vector<std::int64_t> FakeGitHub::reruns() const {
  const std::lock_guard lock(mutex_);
  return reruns_;
}

void FakeGitHub::set_viewer(std::string login) {
  const std::lock_guard lock(mutex_);
  viewer_ = std::move(login);
}

void FakeGitHub::without_graphql() {
  const std::lock_guard lock(mutex_);
  graphql_ = false;
}

std::vector<FakeCheckRun> FakeGitHub::check_runs() const {
  const std::lock_guard lock(mutex_);
  return check_runs_;
}

std::map<std::string, std::string> FakeGitHub::statuses() const {
  const std::lock_guard lock(mutex_);
  return statuses_;
}

std::vector<std::string> FakeGitHub::sarif_uploads() const {
  const std::lock_guard lock(mutex_);
  return sarif_uploads_;
}

void FakeGitHub::accept_token(std::string token) {
  const std::lock_guard lock(mutex_);
  token_ = std::move(token);
}

void FakeGitHub::add_label(const std::string& name) {
  const std::lock_guard lock(mutex_);
  labels_.push_back(name);
}

std::vector<FakeComment> FakeGitHub::comments() const {
  const std::lock_guard lock(mutex_);
  return comments_;
}

std::vector<std::string> FakeGitHub::labels() const {
  const std::lock_guard lock(mutex_);
  return labels_;
}

std::map<std::string, std::string> FakeGitHub::repository_labels() const {
  const std::lock_guard lock(mutex_);
  return repository_labels_;
}

std::vector<WireRequest> FakeGitHub::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t FakeGitHub::count(const std::string& method, const std::string& path_part) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(), [&](const WireRequest& request) {
    return request.method == method && request.path().find(path_part) != std::string::npos;
  }));
}

std::vector<std::string> FakeGitHub::take_complaints() {
  const std::lock_guard lock(mutex_);
  return std::exchange(complaints_, {});
}

void FakeGitHub::complain(const WireRequest& request, const std::string& what) {
  complaints_.push_back(fmt::format("{} {}: {}", request.method, request.target, what));
}

// What the description does not say but GitHub's documentation does.
void FakeGitHub::check(const WireRequest& request, const std::string& path) {
  if (request.header("authorization") != "Bearer " + token_) complain(request, "no or another token");
  if (request.header("user-agent").find("perfwarden") == std::string::npos) complain(request, "no User-Agent of ours");
  if (request.header("accept") != "application/vnd.github+json") complain(request, "no Accept header");
  if (request.header("x-github-api-version") != "2022-11-28") complain(request, "no or an unknown API version");
  if (const std::string wrong = openapi_.violation(request, path); !wrong.empty()) complain(request, wrong);
}

WireReply FakeGitHub::answer(const WireRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  const std::string graphql_path = prefix_.empty() ? "/graphql" : "/api/graphql";
  if (request.method == "POST" && request.path() == graphql_path) return graphql(request);
  if (!request.path().starts_with(prefix_)) {
    complain(request, "outside the API");
    return problem(404, "Not Found");
  }
  std::string path = request.path().substr(prefix_.size());
  path = text::replace_all(path, "/repositories/1/", k_repository + "/");  // where a renamed repository redirects to
  check(request, path);
  for (Stub& stub : stubs_) {
    if (stub.times <= 0 || stub.method != request.method || !path.ends_with(stub.path_end)) continue;
    --stub.times;
    if (stub.done_first) (void)perform(request, path);
    return stub.reply;
  }
  return perform(request, path);
}

WireReply FakeGitHub::graphql(const WireRequest& request) {
  if (!graphql_) return problem(404, "Not Found");
  const json body = json::parse(request.body, nullptr, false);
  const std::string query = body.is_object() ? body.value("query", "") : "";
  if (query == "query{viewer{login}}") return reply(200, {{"data", {{"viewer", {{"login", viewer_}}}}}});
  if (query.find("deployments(first:$first") != std::string::npos) return deployments(body["variables"]);
  const bool folds =
      query ==
      "mutation($id:ID!){minimizeComment(input:{subjectId:$id,classifier:OUTDATED}){minimizedComment{isMinimized}}}";
  const bool unfolds =
      query == "mutation($id:ID!){unminimizeComment(input:{subjectId:$id}){unminimizedComment{isMinimized}}}";
  if (!folds && !unfolds) complain(request, "another GraphQL query");
  const std::string id = body.value("variables", json::object()).value("id", "");
  for (FakeComment& comment : comments_) {
    if ("IC_" + std::to_string(comment.id) != id) continue;
    comment.minimized = folds;
    return reply(200, {{"data", {{"done", {{"isMinimized", folds}}}}}});
  }
  return reply(200,
               {{"data", nullptr}, {"errors", {{{"type", "NOT_FOUND"}, {"message", "Could not resolve to a node"}}}}});
}

void FakeGitHub::add_deployment(FakeDeployment deployment) {
  const std::lock_guard lock(mutex_);
  deployments_.push_back(std::move(deployment));
}

// Pages are told apart by the number of what came before.
WireReply FakeGitHub::deployments(const json& variables) {
  std::vector<FakeDeployment> wanted;
  for (auto one = deployments_.rbegin(); one != deployments_.rend(); ++one)
    if (variables["environments"].is_null() || variables["environments"][0] == one->environment) wanted.push_back(*one);
  const std::size_t begin = variables["after"].is_null() ? 0 : std::stoul(variables["after"].get<std::string>());
  const std::size_t end = std::min(wanted.size(), begin + variables["first"].get<std::size_t>());
  json nodes = json::array();
  for (std::size_t i = begin; i < end; ++i)
    nodes.push_back({{"commitOid", wanted[i].commit},
                     {"createdAt", wanted[i].time},
                     {"environment", wanted[i].environment},
                     {"state", wanted[i].state},
                     {"ref", wanted[i].ref.empty() ? json() : json{{"name", wanted[i].ref}}}});
  const json page{{"hasNextPage", end < wanted.size()}, {"endCursor", std::to_string(end)}};
  return reply(200, {{"data", {{"repository", {{"deployments", {{"nodes", nodes}, {"pageInfo", page}}}}}}}});
}

// People are told who they are; an installation's token is not.
WireReply FakeGitHub::user() {
  if (viewer_.ends_with("[bot]")) return problem(403, "Resource not accessible by integration");
  return reply(200, {{"login", viewer_}, {"type", "User"}});
}

WireReply FakeGitHub::perform(const WireRequest& request, const std::string& path) {
  if (path == "/user") return user();
  if (path.starts_with("/orgs/") || path.find("/collaborators/") != std::string::npos)
    return perform_people(request, path);
  if (!path.starts_with(k_repository + "/")) return problem(404, "Not Found");
  const std::string below = path.substr(k_repository.size());
  if (below.starts_with("/issues") && below.find("/comments") == std::string::npos &&
      below.find("/labels") == std::string::npos && !below.ends_with("/events"))
    return perform_issues(request, below);
  if (below.starts_with("/compare/")) {
    json commits = json::array();
    commits.push_back(json{{"sha", std::string(40, 'c')},
                           {"commit", {{"message", "Count @all twice\n\nbody"}, {"author", {{"name", "Ann"}}}}}});
    return reply(200, json{{"commits", commits}});
  }
  if (below.find("/comments") != std::string::npos) return perform_comments(request, below);
  if (below.find("/labels") != std::string::npos) return perform_labels(request, below);
  if (below.ends_with("/events")) return page_of(request, server_.url(), events_);
  if (below.starts_with("/pulls")) return perform_pulls(request, below);
  if (below.starts_with("/actions/")) return perform_actions(request, below);
  if (below.starts_with("/commits/") && below.ends_with("/check-runs")) {
    json list = json::array();
    for (const FakeCheckRun& run : check_runs_)
      if (run.status == "in_progress")
        list.push_back(
            json{{"id", run.id}, {"name", run.name}, {"external_id", run.external_id}, {"status", run.status}});
    return reply(200, json{{"total_count", list.size()}, {"check_runs", list}});
  }
  if (below.starts_with("/check-runs") || below.starts_with("/statuses/") || below.starts_with("/code-scanning/"))
    return perform_commits(request, below);
  return problem(404, "Not Found");
}

WireReply FakeGitHub::perform_people(const WireRequest& request, const std::string& path) {
  (void)request;
  const std::vector<std::string_view> parts = text::split(path, '/');
  if (path.starts_with("/orgs/")) {
    if (team_members_.empty()) return problem(403, "Resource not accessible by integration");
    const std::string member = fmt::format("{}/{}", parts.at(4), parts.at(6));
    const bool known = std::find(team_members_.begin(), team_members_.end(), member) != team_members_.end();
    return known ? reply(200, {{"state", "active"}, {"role", "member"}}) : problem(404, "Not Found");
  }
  const auto found = permissions_.find(std::string(parts.at(5)));
  return found == permissions_.end() ? problem(404, "is not a user") : reply(200, {{"permission", found->second}});
}

WireReply FakeGitHub::perform_issues(const WireRequest& request, const std::string& path) {
  const json body = json::parse(request.body, nullptr, false);
  if (request.method == "GET") {
    std::vector<FakeIssue> found;
    for (const FakeIssue& issue : issues_)
      for (const std::string& label : issue.labels)
        if (percent_decode(request.query()).find("labels=" + label + "&") != std::string::npos) found.push_back(issue);
    std::reverse(found.begin(), found.end());
    return page_of(request, server_.url(), found);
  }
  if (request.method == "POST") {
    FakeIssue issue;
    issue.number = next_id_++;
    issue.title = body.at("title");
    issue.body = body.at("body");
    issue.login = viewer_;
    issue.labels = body.value("labels", std::vector<std::string>());
    issues_.push_back(issue);
    return reply(201, json_of(issue));
  }
  const auto number = text::to_integer(path.substr(path.rfind('/') + 1)).value_or(0);
  for (FakeIssue& issue : issues_) {
    if (issue.number != number) continue;
    issue.body = body.value("body", issue.body);
    issue.open = body.value("state", "open") == "open";
    return reply(200, json_of(issue));
  }
  return problem(404, "Not Found");
}

WireReply FakeGitHub::create_comment(const WireRequest& request) {
  const std::string body = json::parse(request.body).at("body");
  if (text::code_points(body) > 65536)
    return problem(422, "Validation Failed",
                   {{{"resource", "IssueComment"},
                     {"field", "data"},
                     {"code", "unprocessable"},
                     {"message", "Body is too long (maximum is 65536 characters)"}}});
  const bool is_bot = viewer_.ends_with("[bot]");
  FakeComment comment{next_id_++, body, viewer_, is_bot ? "Bot" : "User",
                      is_bot ? viewer_.substr(0, viewer_.size() - 5) : ""};
  comments_.push_back(comment);
  return reply(201, json_of(comment));
}

WireReply FakeGitHub::perform_comments(const WireRequest& request, const std::string& path) {
  if (request.method == "GET" && path.starts_with("/issues/") && path.ends_with("/comments"))
    return page_of(request, server_.url(), comments_);
  if (request.method == "POST" && path.ends_with("/reactions")) {
    for (FakeComment& one : comments_)
      if (path == fmt::format("/issues/comments/{}/reactions", one.id))
        one.reactions.push_back(json::parse(request.body).at("content"));
    return reply(201, {{"id", next_id_++}});
  }
  if (request.method == "POST") {
    for (FakeIssue& issue : issues_)
      if (path == fmt::format("/issues/{}/comments", issue.number))
        issue.comments.push_back(json::parse(request.body).at("body"));
    return create_comment(request);
  }
  const auto id = text::to_integer(path.substr(path.rfind('/') + 1)).value_or(0);
  const auto found = std::find_if(comments_.begin(), comments_.end(), [&](const auto& one) { return one.id == id; });
  if (found == comments_.end()) return problem(404, "Not Found");
  if (request.method == "GET") return reply(200, json_of(*found));
  if (request.method == "DELETE") {
    comments_.erase(found);
    return nothing();
  }
  found->body = json::parse(request.body).at("body");
  return reply(200, json_of(*found));
}

// An address there is good for a minute, and its query is a secret.
WireReply FakeGitHub::store(const WireRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!request.header("authorization").empty()) complain(request, "the token went to another host");
  for (const FakeArtifact& artifact : artifacts_)
    if (request.target == fmt::format("/{}?sig=secret", artifact.id))
      return {200, {{"Content-Type", "application/zip"}}, artifact.zip, WireReply::Ending::whole};
  return {403, {}, "", WireReply::Ending::whole};
}

WireReply FakeGitHub::perform_actions(const WireRequest& request, const std::string& path) {
  json list = json::array();
  json runs = json::array();
  for (const FakeArtifact& artifact : artifacts_) {
    const std::int64_t run_id = artifact.id + 5000;
    const json run{{"id", run_id},
                   {"event", artifact.event},
                   {"head_branch", artifact.head_branch},
                   {"head_sha", artifact.head_sha},
                   {"status", artifact.conclusion.empty() ? "in_progress" : "completed"},
                   {"conclusion", artifact.conclusion},
                   {"path", artifact.workflow},
                   {"repository", {{"id", 1}}},
                   {"head_repository", {{"id", artifact.head_repository_id}}}};
    if (path == fmt::format("/actions/runs/{}/rerun-failed-jobs", run_id)) {
      reruns_.push_back(run_id);
      return reply(201, json::object());
    }
    const std::string file = artifact.workflow.substr(artifact.workflow.rfind('/') + 1);
    if (path == fmt::format("/actions/workflows/{}/runs", file) &&
        request.query().find("head_sha=" + artifact.head_sha) != std::string::npos)
      runs.push_back(run);
    if (path == fmt::format("/actions/artifacts/{}/zip", artifact.id)) {
      if (artifact.expired) return problem(410, "Artifact has expired");
      return {302,
              {{"Location", fmt::format("{}/{}?sig=secret", storage_.url(), artifact.id)}},
              "",
              WireReply::Ending::whole};
    }
    if (path == fmt::format("/actions/runs/{}", run_id)) return reply(200, run);
    if (percent_decode(request.query()).find("name=" + artifact.name + "&") == std::string::npos) continue;
    json entry{{"id", artifact.id},
               {"name", artifact.name},
               {"expired", artifact.expired},
               {"created_at", artifact.created},
               {"expires_at", artifact.expires},
               {"workflow_run",
                {{"id", run_id},
                 {"repository_id", 1},
                 {"head_repository_id", artifact.head_repository_id},
                 {"head_branch", artifact.head_branch},
                 {"head_sha", artifact.head_sha}}}};
    if (artifact.digest != "none")
      entry["digest"] = artifact.digest.empty() ? "sha256:" + sha256(artifact.zip) : artifact.digest;
    list.push_back(std::move(entry));
  }
  if (path.starts_with("/actions/workflows/"))
    return reply(200, {{"total_count", runs.size()}, {"workflow_runs", runs}});
  if (path == "/actions/artifacts") return reply(200, {{"total_count", list.size()}, {"artifacts", list}});
  return problem(404, "Not Found");
}

// What belongs to a commit. GitHub's written rules beyond its description are checked here.
WireReply FakeGitHub::perform_commits(const WireRequest& request, const std::string& path) {
  const json body = json::parse(request.body);
  if (path.starts_with("/statuses/")) {
    const std::string description = body.value("description", "");
    if (text::code_points(description) > 140) complain(request, "description is longer than 140 characters");
    statuses_[path.substr(10)] = fmt::format("{} {}: {}", body.at("state").get<std::string>(),
                                             body.at("context").get<std::string>(), description);
    return reply(201, {{"id", next_id_++}});
  }
  if (path.starts_with("/code-scanning/")) {
    sarif_uploads_.push_back(body.at("commit_sha").get<std::string>() + " " + body.at("ref").get<std::string>());
    sarif_uploads_.push_back(body.at("sarif"));
    return reply(202, {{"id", "1"}});
  }
  if (token_.starts_with("ghp_")) return problem(403, "You must authenticate via a GitHub App.");
  const json output = body.value("output", json::object());
  const std::size_t annotations = output.value("annotations", json::array()).size();
  if (request.method == "POST") {
    if (body.value("status", "") == "completed" && !body.contains("conclusion"))
      complain(request, "completed without a conclusion");
    FakeCheckRun run{next_id_++,
                     body.at("name"),
                     body.at("head_sha"),
                     body.value("conclusion", ""),
                     body.value("external_id", ""),
                     output.value("title", ""),
                     annotations,
                     body.value("status", "")};
    check_runs_.push_back(run);
    return reply(201, {{"id", run.id}});
  }
  const auto id = text::to_integer(path.substr(path.rfind('/') + 1)).value_or(0);
  for (FakeCheckRun& run : check_runs_)
    if (run.id == id) {
      run.annotations += annotations;  // GitHub adds, emulators replace
      run.status = body.value("status", run.status);
      run.conclusion = body.value("conclusion", run.conclusion);
      run.title = output.value("title", run.title);
    }
  return reply(200, {{"id", id}});
}

WireReply FakeGitHub::create_label(const WireRequest& request) {
  const json body = json::parse(request.body);
  const std::string name = body.at("name");
  const std::string color = body.value("color", "");
  const std::string description = body.value("description", "");
  if (color.size() != 6 || color.find_first_not_of("0123456789abcdef") != std::string::npos)
    complain(request, "color must be six hex digits");
  if (text::code_points(description) > 100) complain(request, "description is longer than 100 characters");
  if (repository_labels_.contains(name))
    return problem(422, "Validation Failed", {{{"resource", "Label"}, {"code", "already_exists"}, {"field", "name"}}});
  repository_labels_[name] = color + " " + description;
  return reply(201, body);
}

WireReply FakeGitHub::perform_labels(const WireRequest& request, const std::string& path) {
  if (request.method == "POST" && path == "/labels") return create_label(request);
  if (request.method == "DELETE") {
    const std::string name = percent_decode(path.substr(path.rfind('/') + 1));
    if (std::erase(labels_, name) == 0) return problem(404, "Label does not exist");
    return reply(200, json::array());
  }
  const json body = json::parse(request.body);
  for (const json& entry : body.at("labels")) {
    const std::string name = entry;
    repository_labels_.try_emplace(name, "ededed ");
    if (std::find(labels_.begin(), labels_.end(), name) == labels_.end()) labels_.push_back(name);
  }
  return reply(200, json::array());
}

WireReply FakeGitHub::perform_pulls(const WireRequest& request, const std::string& path) {
  if (path == "/pulls") {
    std::vector<FakePullRequest> found;
    for (const FakePullRequest& one : pull_requests_)
      if (percent_decode(request.query()).find("head=" + one.head_owner + ":" + one.head_ref + "&") !=
          std::string::npos)
        found.push_back(one);
    return page_of(request, server_.url(), found);
  }
  const auto number = text::to_integer(path.substr(path.rfind('/') + 1)).value_or(0);
  for (const FakePullRequest& one : pull_requests_)
    if (one.number == number) return reply(200, json_of(one));
  return problem(404, "Not Found");
}

}  // namespace perfwarden::support
