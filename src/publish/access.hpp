#pragma once

#include <cstdint>
#include <functional>

#include "base/result.hpp"
#include "github/api.hpp"
#include "publish/post.hpp"

// What only GitHub's notifiers use of a Post.
namespace perfwarden::publish {

// Where comments and labels go: the pull request that a report is about, and the API with the token for it.
struct Conversation {
  github::Api& api;
  std::int64_t number;  // of the pull request
};

// Calls `write`, unless nothing can be written: then skipped (outside of GitHub Actions or of a pull
// request) or refused (without a token, or with one that may only read). An Error of `write` becomes a refusal when the
// API said that the token may not do it; any other stays an Error.
[[nodiscard]] Result<Delivery> on_pull_request(const Post& post,
                                               const std::function<Result<Delivery>(const Conversation&)>& write);

}  // namespace perfwarden::publish
