#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "support/http_server.hpp"
#include "support/openapi.hpp"

namespace perfwarden::support {

struct FakeComment {
  std::int64_t id = 0;
  std::string body;
  std::string login = "octocat";
  std::string type = "User";
  std::string app{};  // slug; empty = none
  bool minimized = false;
  std::string created = "2023-11-14T22:00:00Z", updated = "2023-11-14T22:00:00Z";
  std::string association = "NONE";
  std::vector<std::string> reactions{};
};

struct FakeCheckRun {
  std::int64_t id = 0;
  std::string name, head_sha, conclusion, external_id, title;
  std::size_t annotations = 0;
  std::string status = "completed";
};

struct FakeIssue {
  std::int64_t number = 0;
  std::string title, body, login = "octocat";
  std::vector<std::string> labels;
  bool open = true;
  std::vector<std::string> comments;
};

// An artifact and the run that kept it.
struct FakeArtifact {
  std::string name = "perfwarden";
  std::string zip{};
  std::string head_sha{};
  std::string event = "push", head_branch = "main", conclusion = "success";
  std::int64_t head_repository_id = 1;  // of the repository itself; another one's is a fork
  bool expired = false;
  std::string created = "2023-11-14T00:00:00Z", expires = "2024-02-12T00:00:00Z";  // FakeClock begins on 2023-11-14
  std::string digest{};  // empty = the true one; "none" = this server has none
  std::string workflow = ".github/workflows/perfwarden.yml";
  std::int64_t id = 0;  // given by add_artifact; the run's is 5000 more
};

struct FakeDeployment {
  std::string commit, time, environment = "production", state = "ACTIVE", ref = "main";
};

struct FakePullRequest {
  std::int64_t number = 7;
  std::string head_sha = std::string(40, 'a');
  std::string head_owner = "acme", head_ref = "faster";
  std::string base_repository = "acme/widgets";
  std::string author = "octocat";
  std::string body;
};

struct FakeLabelEvent {
  std::string event = "labeled";
  std::string label;
  std::string actor;  // empty = the account is gone
  std::string time{};
};

// A Stub is one scripted answer. It is used for the first `times` requests that match, and a test in
// which it is not used that often fails by its name.
struct Stub {
  std::string name;
  std::string method;
  std::string path_end;  // of the path without the API's prefix
  WireReply reply;
  int times = 1;
  bool done_first = false;  // the request is carried out and then answered by `reply` all the same
};

// FakeGitHub is the part of GitHub's API that we use, about one repository (acme/widgets), on a
// loopback port. It keeps state, checks every request against GitHub's own OpenAPI description and
// its written rules (headers, lengths), and fails the test for each violation and each unused stub.
class FakeGitHub {
 public:
  explicit FakeGitHub(std::string prefix = "");  // "/api/v3" as a GitHub Enterprise Server has it
  ~FakeGitHub();
  FakeGitHub(const FakeGitHub&) = delete;
  FakeGitHub& operator=(const FakeGitHub&) = delete;

  [[nodiscard]] std::string api_url() const { return server_.url() + prefix_; }
  [[nodiscard]] static std::string token() { return "ghs_0123456789abcdefghijABCDEFGHIJ"; }

  void stub(Stub stub);
  void add_comment(FakeComment comment);     // its id is the next one when 0
  void add_artifact(FakeArtifact artifact);  // newer than those before
  void add_pull_request(FakePullRequest pull_request);
  void add_event(FakeLabelEvent event);
  void set_permission(const std::string& login, const std::string& permission);
  void add_team_member(const std::string& team, const std::string& login);  // then the token may see teams
  void add_issue(FakeIssue issue);
  void add_deployment(FakeDeployment deployment);  // newer than those before
  [[nodiscard]] std::vector<FakeIssue> issues() const;
  [[nodiscard]] std::vector<std::int64_t> reruns() const;  // of runs whose failed jobs were asked for again
  void without_graphql();                                  // as emulators are, and some Enterprise Servers
  void set_viewer(std::string login);                      // who the token is; "github-actions[bot]" to begin with

  [[nodiscard]] std::vector<FakeComment> comments() const;
  [[nodiscard]] std::vector<FakeCheckRun> check_runs() const;
  // sha → "state context: description", of the latest of each
  [[nodiscard]] std::map<std::string, std::string> statuses() const;
  [[nodiscard]] std::vector<std::string> sarif_uploads() const;  // "commit ref" and the log's gzip in base64
  void accept_token(std::string token);                          // instead of token()
  [[nodiscard]] std::vector<std::string> labels() const;         // on the pull request
  void add_label(const std::string& name);                       // to the pull request
  // name → "color description" of the repository's labels
  [[nodiscard]] std::map<std::string, std::string> repository_labels() const;
  [[nodiscard]] std::vector<WireRequest> requests() const;
  [[nodiscard]] std::size_t count(const std::string& method, const std::string& path_part) const;

  // Takes the violations found so far, so that a test of this class can look at them instead of failing.
  [[nodiscard]] std::vector<std::string> take_complaints();

 private:
  WireReply answer(const WireRequest& request);
  WireReply perform(const WireRequest& request, const std::string& path);
  WireReply perform_comments(const WireRequest& request, const std::string& path);
  WireReply perform_labels(const WireRequest& request, const std::string& path);
  WireReply perform_pulls(const WireRequest& request, const std::string& path);
  WireReply create_comment(const WireRequest& request);
  WireReply user();
  WireReply perform_actions(const WireRequest& request, const std::string& path);
  WireReply store(const WireRequest& request);
  WireReply perform_commits(const WireRequest& request, const std::string& path);
  WireReply create_label(const WireRequest& request);
  WireReply perform_issues(const WireRequest& request, const std::string& path);
  WireReply perform_people(const WireRequest& request, const std::string& path);
  WireReply graphql(const WireRequest& request);
  WireReply deployments(const nlohmann::json& variables);
  void check(const WireRequest& request, const std::string& path);
  void complain(const WireRequest& request, const std::string& what);

  const std::string prefix_;
  OpenApi openapi_;
  mutable std::mutex mutex_;
  std::vector<WireRequest> requests_;
  std::vector<std::string> complaints_;
  std::vector<Stub> stubs_;
  std::vector<FakeComment> comments_;
  std::vector<FakePullRequest> pull_requests_{FakePullRequest{}};
  std::vector<FakeLabelEvent> events_;
  std::vector<std::string> labels_;
  std::map<std::string, std::string> repository_labels_;
  std::string viewer_ = "github-actions[bot]";
  bool graphql_ = true;
  std::string token_ = token();
  std::vector<FakeCheckRun> check_runs_;
  std::map<std::string, std::string> statuses_;
  std::vector<std::string> sarif_uploads_;
  std::vector<FakeArtifact> artifacts_;
  std::vector<FakeIssue> issues_;
  std::vector<FakeDeployment> deployments_;
  std::map<std::string, std::string> permissions_;
  std::vector<std::string> team_members_;  // "perf/ann"
  std::vector<std::int64_t> reruns_;
  std::int64_t next_id_ = 1001;
  HttpServer storage_;  // where artifacts lie: another origin, which must never see the token
  HttpServer server_;   // last: its thread uses all of the above
};

}  // namespace perfwarden::support
