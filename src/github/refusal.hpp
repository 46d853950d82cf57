#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/http_client.hpp"

namespace perfwarden::github {

// Why GitHub did not do what was asked. They share status codes (403 has six meanings), and each has its own cure.
enum class Refusal {
  none,
  permission,      // the token may not do it: 403, or 404 on a write
  locked,          // the conversation is locked, and the token is not a collaborator's
  single_sign_on,  // an organization's SAML single sign-on, which the token has not passed
  address,         // an IP allow list that this runner is not on
  archived,        // the repository is read-only
  credentials,     // 401
  rate_limit,
  absent,   // 404 on a read
  gone,     // 410: deleted, expired, or switched off in this repository
  invalid,  // 422: GitHub understood and will never take it
  other,
};

// An Error of kind github.
[[nodiscard]] Error github_error(std::string what);

// Whether somebody decided that it may not be done, which is not a failure of ours.
[[nodiscard]] bool is_denial(Refusal refusal);

// What an answer other than 2xx means. `write` says whether the request would have changed anything.
[[nodiscard]] Refusal refusal_of(const net::HttpResponse& response, bool write);

// What to do about it, in one sentence; empty when nothing is known. `permission` is what the job needs for the
// request: "pull-requests: write".
[[nodiscard]] std::string cure_of(Refusal refusal, std::string_view permission);

}  // namespace perfwarden::github
