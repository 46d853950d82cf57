#include "github/refusal.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/retry.hpp"

namespace perfwarden::github {
namespace {

// By GitHub's own words: the status says no more.
Refusal forbidden(const net::HttpResponse& response) {
  const std::string said = text::lower(response.body);
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  if (response.headers.contains("x-github-sso") || says("saml")) return Refusal::single_sign_on;
  if (says("ip allow list")) return Refusal::address;
  if (says("archived")) return Refusal::archived;
  if (says("locked")) return Refusal::locked;
  return Refusal::permission;
}

}  // namespace

Error github_error(std::string what) {
  return {.kind = ErrorKind::github, .what = std::move(what)};
}

bool is_denial(Refusal refusal) {
  return refusal == Refusal::permission || refusal == Refusal::locked || refusal == Refusal::single_sign_on ||
         refusal == Refusal::address || refusal == Refusal::archived;
}

Refusal refusal_of(const net::HttpResponse& response, bool write) {
  if (net::is_rate_limited(response)) return Refusal::rate_limit;
  switch (response.status) {
    case 401:
      return Refusal::credentials;
    case 403:
      return forbidden(response);
    case 404:
      return write ? Refusal::permission : Refusal::absent;
    case 410:
      return Refusal::gone;
    case 422:
      return Refusal::invalid;
    default:
      return Refusal::other;
  }
}

std::string cure_of(Refusal refusal, std::string_view permission) {
  switch (refusal) {
    case Refusal::permission:
      return fmt::format("the token may not do that: give the job `permissions: {}`", permission);
    case Refusal::locked:
      return "the conversation is locked: unlock it, or give a token of somebody who may write there";
    case Refusal::single_sign_on:
      return "the organization demands single sign-on: authorize the token for it (Settings, Developer settings, "
             "Configure SSO), or use the job's own token";
    case Refusal::address:
      return "the organization has an IP allow list: add this runner's address";
    case Refusal::archived:
      return "the repository is archived, and so read-only";
    case Refusal::credentials:
      return "the token is wrong or has expired";
    case Refusal::rate_limit:
      return "GitHub's rate limit is used up; run it again later";
    case Refusal::absent:
      return "check the repository and the number of the pull request";
    case Refusal::gone:
      return "it is gone, or switched off in this repository";
    case Refusal::invalid:
      return "GitHub will not take it however often it is sent; please report this as a bug of perfwarden";
    case Refusal::none:
    case Refusal::other:
      break;
  }
  return "";
}

}  // namespace perfwarden::github
