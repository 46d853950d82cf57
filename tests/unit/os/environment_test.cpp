#include "os/environment.hpp"

#include <gtest/gtest.h>

namespace perfwarden::os {
namespace {

Environment holding(std::map<std::string, std::string> variables) {
  return Environment(std::move(variables));
}

bool reaches_children(const std::string& name, const std::string& value = "value") {
  return holding({{name, value}}).for_children().count(name) == 1;
}

TEST(Environment, EmptyValueCountsAsUnset) {
  const Environment environment = holding({{"SET", "x"}, {"EMPTY", ""}});
  EXPECT_EQ(environment.get("SET"), "x");
  EXPECT_EQ(environment.get("EMPTY"), std::nullopt);
  EXPECT_EQ(environment.get("ABSENT"), std::nullopt);
}

TEST(Environment, OfProcessHoldsWhatTheShellGave) {
  ASSERT_EQ(::setenv("PW_ENVIRONMENT_TEST", "a=b", 1), 0);
  EXPECT_EQ(Environment::of_process().get("PW_ENVIRONMENT_TEST"), "a=b");
  ::unsetenv("PW_ENVIRONMENT_TEST");
}

class Kept : public testing::TestWithParam<const char*> {};
TEST_P(Kept, ReachesChildren) {
  EXPECT_TRUE(reaches_children(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Environment, Kept,
                         testing::Values("PATH", "HOME", "LANG", "LC_ALL", "CI", "GITHUB_ACTIONS", "GITHUB_SHA",
                                         "GITHUB_REF", "GITHUB_WORKSPACE", "GITHUB_REPOSITORY", "RUNNER_OS",
                                         "RUNNER_TEMP", "LD_LIBRARY_PATH", "CXXFLAGS", "MONKEY", "KEYBOARD",
                                         "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0_NAME", "https_proxy", "TZ", "_"));

class Stripped : public testing::TestWithParam<const char*> {};
TEST_P(Stripped, DoesNotReachChildren) {
  EXPECT_FALSE(reaches_children(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(
    Environment, Stripped,
    testing::Values("GITHUB_TOKEN", "GH_TOKEN", "github_token", "MY-TOKEN", "NPM_TOKEN", "NODE_AUTH_TOKEN", "GHTOKEN",
                    "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "CLIENT_SECRET", "DB_PASSWORD", "PGPASSWORD",
                    "PGPASSFILE", "OPENAI_API_KEY", "DEPLOY_KEY", "SSH_PRIVATE_KEY", "SSH_AUTH_SOCK", "GPG_PASSPHRASE",
                    "GOOGLE_APPLICATION_CREDENTIALS", "SLACK_WEBHOOK", "WEBHOOK_URL", "SENTRY_DSN", "DATABASE_URL",
                    "DOCKER_AUTH_CONFIG", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE",
                    "GITHUB_STEP_SUMMARY", "GITHUB_ARTIFACTS", "GITHUB_ARTIFACTS_LIST", "ACTIONS_RUNTIME_URL",
                    "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_CACHE_URL", "INPUT_TOKEN",
                    "INPUT_FAIL-ON", "PERFWARDEN_CONFIG", "STATE_x", "AI_GATE_ENABLE", "AI_ANALYSIS_ENDPOINT"));

TEST(Environment, SecretsUnderHarmlessNamesAreStrippedByTheirValue) {
  EXPECT_FALSE(reaches_children("GIT_CONFIG_VALUE_0", "AUTHORIZATION: basic eDp5"));
  EXPECT_FALSE(reaches_children("NOTIFY", "https://hooks.slack.com/services/T0/B0/x"));
  EXPECT_FALSE(reaches_children("X", "ghs_0123456789abcdefghij"));
  EXPECT_FALSE(reaches_children("CERT", "-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_TRUE(reaches_children("X", "ghs_short"));
  EXPECT_TRUE(reaches_children("GIT_CONFIG_VALUE_0", "/github/workspace"));
}

TEST(Environment, KnowsWhetherItHoldsSecrets) {
  EXPECT_TRUE(holding({{"GITHUB_TOKEN", "x"}}).holds_secrets());
  EXPECT_TRUE(holding({{"INPUT_TOKEN", "x"}}).holds_secrets());
  EXPECT_FALSE(holding({{"GITHUB_TOKEN", ""}, {"PATH", "/bin"}, {"GITHUB_OUTPUT", "/f"}}).holds_secrets());
}

}  // namespace
}  // namespace perfwarden::os
