#include "net/redact.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::net {
namespace {

const std::string k_secret = "AbCdEf0123456789AbCdEf0123456789";

TEST(Redact, HidesEveryKindOfGitHubToken) {
  for (const char* prefix : {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "GHS_", "%20ghs_"}) {
    const std::string out = redact("token '" + std::string(prefix) + k_secret + "' refused");
    EXPECT_EQ(out, "token '" + std::string(prefix) + "***' refused");
  }
}

TEST(Redact, HidesAuthorizationWhateverItsScheme) {
  for (const char* before :
       {"Authorization: Bearer ", "authorization: bearer ", "Authorization: token ", "Authorization: Basic "})
    EXPECT_EQ(redact(before + k_secret + "\nnext"), before + std::string("***\nnext"));
}

TEST(Redact, HidesSignaturesButKeepsTheRestOfTheAddress) {
  EXPECT_EQ(redact("https://x.blob.core.windows.net/a?sv=2024&sig=" + k_secret + "&se=2026"),
            "https://x.blob.core.windows.net/a?sv=2024&sig=***&se=2026");
  EXPECT_EQ(redact("GET /a?X-Amz-Signature=" + k_secret), "GET /a?X-Amz-Signature=***");
}

TEST(Redact, HidesWebhookPathsAndPasswordsInAddresses) {
  EXPECT_EQ(redact("https://hooks.slack.com/services/T0/B0/" + k_secret + " failed"),
            "https://hooks.slack.com/*** failed");
  EXPECT_EQ(redact("https://discord.com/api/webhooks/1/" + k_secret), "https://discord.com/api/webhooks/***");
  EXPECT_EQ(redact("via https://bob:hunter2@proxy.example:3128/"), "via https://***@proxy.example:3128/");
}

TEST(Redact, HidesJsonWebTokens) {
  EXPECT_EQ(redact("runtime eyJhbGciOiJIUzI1NiJ9.eyJzY3AiOiJBIn0.c2lnbmF0dXJl!"), "runtime eyJ***");
}

TEST(Redact, LeavesOrdinarySentencesAlone) {
  for (const std::string plain :
       {"", "a bearer of news", "Basic use of tokens", "monkey=banana", "the designator sig", "highp_precision",
        "https://api.github.com/repos/acme/widgets", "mail bob@example.org", "eyJ is short"})
    EXPECT_EQ(redact(plain), plain);
}

}  // namespace
}  // namespace perfwarden::net
