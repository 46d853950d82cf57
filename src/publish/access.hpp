#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"
#include "publish/post.hpp"
#include "publish/section.hpp"

// What only GitHub's notifiers use of a Post.
namespace perfwarden::publish {

// A comment of ours on the pull request.
struct OwnComment {
  std::int64_t id = 0;
  std::string node_id;
  std::vector<Section> sections;  // never empty
};

// A Session is all that GitHub's notifiers of one run share: the API, the pull request, and what we wrote there before.
// Each is asked for once, when it is first needed.
class Session {
 public:
  explicit Session(const Post& post);

  [[nodiscard]] github::Api& api() { return api_; }
  [[nodiscard]] std::int64_t pull_request() const { return pull_request_; }
  [[nodiscard]] const Marker& marker() const { return marker_; }  // of this report

  // Why this run may not write, which holds for all notifiers alike: the pull request's head is another commit by now,
  // or a later run of this job has written already. Empty when it may.
  [[nodiscard]] Result<std::string> superseded();

  // Oldest first. Anybody can write our marker into a comment, and a token that may write may edit any comment, so the
  // author decides.
  [[nodiscard]] Result<std::vector<OwnComment>> own_comments();
  // Whether a comment, or an issue, was written by this token.
  [[nodiscard]] bool is_ours(const github::Comment& comment);
  // What we have just written: it says who we are, and what was listed before is out of date.
  void wrote(const github::Comment& comment);

 private:
  [[nodiscard]] Result<std::string> why_superseded();

  github::Api api_;
  const std::int64_t pull_request_;
  const Marker marker_;
  const bool of_head_;  // the report is about the head of the pull request, and not about a merge queue's commit
  std::optional<std::string> login_;
  std::optional<std::vector<OwnComment>> comments_;
  std::optional<Result<std::string>> superseded_;
};

// Gives the post a session of its own; publish_all does.
void open_session(Post& post);

using Write = std::function<Result<Delivery>(Session&)>;

// Calls `write`, which writes about the report's commit, unless nothing can be written: then skipped (outside of GitHub
// Actions, without a commit, or superseded by a later run) or refused (without a token, or with one that may only
// read). An Error of `write` becomes a refusal when the API said that the token may not do it; any other stays an
// Error.
[[nodiscard]] Result<Delivery> on_commit(const Post& post, const Write& write);

// The same about the report's pull request; skipped where there is none.
[[nodiscard]] Result<Delivery> on_pull_request(const Post& post, const Write& write);

}  // namespace perfwarden::publish
