#include "github/refusal.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace perfwarden::github {
namespace {

Refusal of(long status, const std::string& message, bool write = true,
           std::map<std::string, std::string> headers = {}) {
  return refusal_of({status, std::move(headers), "{\"message\": \"" + message + "\"}"}, write);
}

// The words are GitHub's.
TEST(Refusal, SixMeaningsOf403AreToldApart) {
  EXPECT_EQ(of(403, "Resource not accessible by integration"), Refusal::permission);
  EXPECT_EQ(of(403, "Must have admin rights to Repository."), Refusal::permission);
  EXPECT_EQ(of(403, "Unable to create comment because issue is locked."), Refusal::locked);
  EXPECT_EQ(of(403, "Resource protected by organization SAML enforcement. You must grant your OAuth token access"),
            Refusal::single_sign_on);
  EXPECT_EQ(of(403, "", true, {{"x-github-sso", "required; url=https://github.com/orgs/o/sso"}}),
            Refusal::single_sign_on);
  EXPECT_EQ(of(403,
               "Although you appear to have the correct authorization credentials, the `acme` organization has an "
               "IP allow list enabled, and your IP address is not permitted"),
            Refusal::address);
  EXPECT_EQ(of(403, "Repository was archived so is read-only."), Refusal::archived);
  EXPECT_EQ(of(403, "You have exceeded a secondary rate limit."), Refusal::rate_limit);
}

TEST(Refusal, NotFoundIsAPermissionOnAWriteOnly) {
  EXPECT_EQ(of(404, "Not Found", true), Refusal::permission);
  EXPECT_EQ(of(404, "Not Found", false), Refusal::absent);
}

TEST(Refusal, TheRestIsByStatus) {
  EXPECT_EQ(of(401, "Bad credentials"), Refusal::credentials);
  EXPECT_EQ(of(410, "Issues are disabled for this repo"), Refusal::gone);
  EXPECT_EQ(of(422, "Validation Failed"), Refusal::invalid);
  EXPECT_EQ(of(429, ""), Refusal::rate_limit);
  EXPECT_EQ(of(500, ""), Refusal::other);
}

TEST(Refusal, OnlyWhatSomebodyDecidedIsADenial) {
  for (const Refusal denial :
       {Refusal::permission, Refusal::locked, Refusal::single_sign_on, Refusal::address, Refusal::archived})
    EXPECT_TRUE(is_denial(denial));
  for (const Refusal failure : {Refusal::none, Refusal::credentials, Refusal::rate_limit, Refusal::absent,
                                Refusal::gone, Refusal::invalid, Refusal::other})
    EXPECT_FALSE(is_denial(failure));
}

TEST(Refusal, EachDenialHasItsOwnCure) {
  std::set<std::string> cures;
  for (const Refusal denial : {Refusal::permission, Refusal::locked, Refusal::single_sign_on, Refusal::address,
                               Refusal::archived, Refusal::credentials, Refusal::invalid})
    cures.insert(cure_of(denial, "checks: write"));
  EXPECT_EQ(cures.size(), 7U);
  EXPECT_FALSE(cures.contains(""));
  EXPECT_EQ(cure_of(Refusal::permission, "checks: write"),
            "the token may not do that: give the job `permissions: checks: write`");
}

}  // namespace
}  // namespace perfwarden::github
