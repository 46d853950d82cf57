#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "github/refusal.hpp"
#include "model/run_context.hpp"
#include "net/http_client.hpp"
#include "net/retry.hpp"
#include "os/clock.hpp"

namespace perfwarden::github {

// Address and credentials for one repository's API.
struct Access {
  std::string api_url;     // "https://api.github.com", "https://host/api/v3"
  std::string repository;  // "owner/name"
  std::string token;
  std::string user_agent = "perfwarden";
};

struct Comment {
  std::int64_t id = 0;
  std::string body;
  std::string author;                // login; empty when the account is gone
  bool by_bot = false;               // user.type is "Bot"
  std::string app{};                 // slug of the GitHub App that wrote it; empty when a person did
  std::string node_id{};             // its name in GraphQL
  std::string created{}, updated{};  // RFC 3339, UTC; equal while nobody has edited it
  std::string association{};         // of the author: "OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "NONE", …
};

// As it stands in GitHub's JSON; an issue has the same members.
[[nodiscard]] Comment comment_of(const nlohmann::json& value);

// Whether two bodies are equal but for line ends and outer white space, which GitHub may give back changed.
[[nodiscard]] bool same_text(const std::string& a, const std::string& b);

struct PullRequest {
  std::int64_t number = 0;
  std::string head_sha;
  std::string head_repository;  // empty when gone
  std::string base_repository;
  std::string author;
  std::string body;
};

// What happened on a pull request, as far as it decides what a person has accepted.
struct PullRequestEvent {
  enum class Kind { labeled, unlabeled, force_pushed } kind = Kind::labeled;
  std::string label;
  std::string actor;  // login; empty when the account is gone
  std::string time;   // RFC 3339, UTC; empty when GitHub does not say
};

// A Call is one request of ours to GitHub, and what to say when it is refused.
struct Call {
  std::string method = "GET";
  std::string path{};  // below repos/owner/name, or a whole address
  std::string body{};
  net::Repeat repeat = net::Repeat::safe;
  std::string purpose{};     // "list the comments"
  std::string permission{};  // "pull-requests: write"
};

// Api is a client of GitHub's REST API (version 2022-11-28, which GHES has too) for one repository. It
// retries by net/retry.hpp, waits a second between writes, follows redirects and pages only within
// the API's own origin, and turns refusals into Errors (kind github) that name the permission
// needed. It waits no longer than the client's remaining_s(). All text in the answers is hostile.
class Api {
 public:
  Api(net::HttpClient& http, os::Clock& clock, Access access);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  [[nodiscard]] const std::string& root() const { return access_.api_url; }

  // Why the last call was refused; none when it was not.
  [[nodiscard]] Refusal refused() const { return refused_; }
  [[nodiscard]] bool denied() const { return is_denial(refused_); }

  // For the files beside this one, which know the rest of GitHub. Every status except 2xx and `also_fine` is an Error.
  [[nodiscard]] Result<net::HttpResponse> ask(const Call& call, long also_fine = 200);
  // Reads the objects of a list, page after page; false when there were more pages than we read.
  [[nodiscard]] Result<bool> each_entry(Call call, const std::function<void(const nlohmann::json&)>& read);
  // A file that GitHub keeps elsewhere: one redirect is followed, without the token.
  [[nodiscard]] Result<net::HttpResponse> download(const Call& call);
  // Its `data`. GraphQL's own errors come with status 200; they are Errors here too.
  [[nodiscard]] Result<nlohmann::json> graphql(const std::string& query, const nlohmann::json& variables,
                                               const std::string& purpose, const std::string& permission);

  [[nodiscard]] Result<std::vector<Comment>> comments(std::int64_t issue);  // ascending id; Error beyond 3 000
  // Never creates two: when no answer comes, the comments are listed before it is tried again.
  [[nodiscard]] Result<Comment> create_comment(std::int64_t issue, const std::string& body);
  [[nodiscard]] Result<std::optional<Comment>> comment(std::int64_t id);  // nullopt: it is gone
  [[nodiscard]] Status update_comment(std::int64_t id, const std::string& body);
  [[nodiscard]] Status delete_comment(std::int64_t id);  // absent is success
  // Folds a comment away as outdated, or shows it again; what is so already stays so.
  [[nodiscard]] Status minimize_comment(const std::string& node_id);
  [[nodiscard]] Status unminimize_comment(const std::string& node_id);

  // `color` is six hex digits; `description` at most 100 characters. A label that exists is success
  // and is not changed.
  [[nodiscard]] Status create_label(const std::string& name, const std::string& color, const std::string& description);
  [[nodiscard]] Status add_label(std::int64_t issue, const std::string& name);
  [[nodiscard]] Result<bool> remove_label(std::int64_t issue, const std::string& name);  // false: was not there
  [[nodiscard]] Result<std::vector<PullRequestEvent>> events(std::int64_t number);       // oldest first

  [[nodiscard]] Result<PullRequest> pull_request(std::int64_t number);
  // Open ones whose head is that owner's branch.
  [[nodiscard]] Result<std::vector<PullRequest>> open_pull_requests(const std::string& head_owner,
                                                                    const std::string& head_branch);
  // Login that the token belongs to: "github-actions[bot]" for GITHUB_TOKEN, which only GraphQL says; where there is no
  // GraphQL, by REST, which says it of people only. Empty when GitHub says it nowhere: then the author of what we write
  // does.
  [[nodiscard]] std::string viewer();

 private:
  [[nodiscard]] std::string url_of(const std::string& path) const;
  [[nodiscard]] Result<net::HttpResponse> exchange(const Call& call);
  [[nodiscard]] Result<net::HttpResponse> send_following(const Call& call);
  [[nodiscard]] Error refusal(const Call& call, const net::HttpResponse& response);
  void pause_between_writes(const Call& call);

  net::HttpClient& http_;
  os::Clock& clock_;
  Access access_;
  net::RetrySeams retry_;
  double waited_s_ = 0;  // for retries, over all calls
  std::optional<double> last_write_s_;
  Refusal refused_ = Refusal::none;
};

// The pull request whose head is exactly the commit that a workflow_run event names, looked up by
// that event's own branch and repository (never by what an artifact says); 0 when there is none open.
[[nodiscard]] Result<std::int64_t> resolve_pull_request(Api& api, const RunContext& context);

}  // namespace perfwarden::github
