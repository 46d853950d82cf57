#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/redact.hpp"
#include "publish/notifier.hpp"
#include "publish/section.hpp"

// One note on the merge request, by what GitLab gives its jobs: CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID. Its
// own CI_JOB_TOKEN may not write notes, so the token is a project's or a person's, with the scope `api`.
namespace perfwarden::publish {
namespace {

using Json = nlohmann::json;

constexpr const char* k_gitlab_token = "PERFWARDEN_GITLAB_TOKEN";
constexpr std::size_t k_note_characters = 65'000;  // GitLab takes 1 000 000; the comment's form is what people read
constexpr int k_pages = 10;                        // of 100 notes, the oldest first

// A MergeRequest is what the variables of a GitLab job name.
struct MergeRequest {
  std::string api;    // "https://gitlab.example.com/api/v4"
  std::string notes;  // the same, down to the notes of the merge request
};

std::optional<MergeRequest> merge_request(const os::Environment& environment) {
  std::string api = environment.get("CI_API_V4_URL").value_or("");
  const auto project = text::to_integer(environment.get("CI_PROJECT_ID").value_or(""));
  const auto number = text::to_integer(environment.get("CI_MERGE_REQUEST_IID").value_or(""));
  const bool is_address = api.starts_with("https://") || api.starts_with("http://");
  if (!is_address || !project || !number) return std::nullopt;
  while (api.ends_with('/')) api.pop_back();
  std::string notes = fmt::format("{}/projects/{}/merge_requests/{}/notes", api, *project, *number);
  return MergeRequest{std::move(api), std::move(notes)};
}

// One note for each job of the pipeline; a later pipeline, or a later try of the job, replaces what an earlier one
// said.
Marker marker_in_gitlab(const Post& post) {
  Marker marker = marker_of(post.report);
  marker.key = hex16(fnv1a(post.environment.get("CI_JOB_NAME").value_or("")));
  const auto number = [&](const char* name) {
    return static_cast<std::uint64_t>(text::to_integer(post.environment.get(name).value_or("")).value_or(0));
  };
  marker.run_id = number("CI_PIPELINE_ID");
  marker.run_attempt = number("CI_JOB_ID");
  return marker;
}

// A Gitlab is its REST API with one token.
class Gitlab {
 public:
  Gitlab(const Post& post, std::string token) : post_(post), token_(std::move(token)) {}

  Result<Json> ask(const std::string& method, const std::string& url, const Json& body = nullptr) {
    net::HttpRequest request{method, url, {{"PRIVATE-TOKEN", token_}, {"User-Agent", "perfwarden"}}};
    if (!body.is_null()) {
      request.headers.emplace_back("Content-Type", "application/json");
      request.body = json::dump(body);
    }
    PW_TRY_ASSIGN(const net::HttpResponse response, post_.http.send(request));
    denied_ = response.status == 401 || response.status == 403;
    if (response.status / 100 != 2)
      return Error{.kind = ErrorKind::network,
                   .what = fmt::format("GitLab answered {}: {}", response.status,
                                       text::truncate(text::one_line(net::redact(response.body)), 200)),
                   .hint = fmt::format("{} must be a token with the scope `api` and the role Reporter of this project",
                                       k_gitlab_token)};
    auto value = json::parse(response.body);
    if (!value) return Error{.kind = ErrorKind::network, .what = "GitLab's answer is not JSON"};
    return *std::move(value);
  }
  [[nodiscard]] bool denied() const { return denied_; }

 private:
  const Post& post_;
  std::string token_;
  bool denied_ = false;
};

struct Note {
  std::int64_t id = 0;
  std::string body;
};

// The oldest note of our job. Anybody can write the marker, so only what the token's own user wrote counts.
Result<std::optional<Note>> own_note(Gitlab& gitlab, const MergeRequest& target, const Marker& ours) {
  PW_TRY_ASSIGN(const Json me, gitlab.ask("GET", target.api + "/user"));
  const std::int64_t user = json::integer_at(me, {"id"});
  if (user == 0) return Error{.kind = ErrorKind::network, .what = "GitLab does not say whose token it is"};
  for (int page = 1; page <= k_pages; ++page) {
    PW_TRY_ASSIGN(
        const Json notes,
        gitlab.ask("GET", fmt::format("{}?per_page=100&page={}&sort=asc&order_by=created_at", target.notes, page)));
    if (!notes.is_array()) return Error{.kind = ErrorKind::network, .what = "GitLab's answer is not a list of notes"};
    for (const Json& note : notes) {
      if (json::integer_at(note, {"author", "id"}) != user) continue;
      std::string body = json::string_at(note, {"body"});
      const std::vector<Section> sections = read_sections(body);
      if (!sections.empty() && sections.front().marker.key == ours.key)
        return std::optional<Note>(Note{json::integer_at(note, {"id"}), std::move(body)});
    }
    if (notes.size() < 100) break;
  }
  return std::optional<Note>();
}

Result<Delivery> write_note(Gitlab& gitlab, const MergeRequest& target, const Post& post, CommentWhen when) {
  const Marker ours = marker_in_gitlab(post);
  PW_TRY_ASSIGN(const std::optional<Note> note, own_note(gitlab, target, ours));
  if (!note && !has_something_to_say(post.report, when)) return skipped("nothing to say");
  std::vector<Section> before = note ? read_sections(note->body) : std::vector<Section>();
  for (const Section& section : before)
    if (ours.older_than(section.marker)) return skipped(fmt::format("note {} is from a later run", note->id));
  PW_TRY_ASSIGN(const std::string body, body_with(post, ours, std::move(before), k_note_characters));
  PW_TRY(gitlab.ask(note ? "PUT" : "POST", note ? fmt::format("{}/{}", target.notes, note->id) : target.notes,
                    Json{{"body", body}}));
  return sent(note ? fmt::format("updated note {}", note->id) : "wrote a note");
}

Result<Delivery> send_gitlab_note(const Post& post, const CommentConfig& config) {
  if (config.when == CommentWhen::never) return skipped("switched off");
  const std::optional<MergeRequest> target = merge_request(post.environment);
  if (!target) return skipped("");  // nobody expects a note
  const std::string token = post.environment.get(k_gitlab_token).value_or("");
  if (token.empty())
    return refused(fmt::format("no note on the merge request: {} is not set (docs/other-ci.md)", k_gitlab_token));
  Gitlab gitlab(post, token);
  Result<Delivery> delivery = write_note(gitlab, *target, post, config.when);
  if (!delivery && gitlab.denied()) return refused(delivery.error().what + "; " + delivery.error().hint);
  return delivery;
}

}  // namespace

extern const Notifier k_notifier_gitlab_note{"gitlab-note", "keeps one note on GitLab's merge request, edited in place",
                                             k_gitlab_token, Turn::first,
                                             send_with<&PublishConfig::comment, send_gitlab_note>};

}  // namespace perfwarden::publish
