#include "github/run_context.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

const std::string k_head(40, 'a');
const std::string k_base(40, 'b');
const std::string k_merge(40, 'c');

os::Environment variables(std::map<std::string, std::string> all) {
  return os::Environment(std::move(all));
}

os::Environment environment(const std::string& event, std::map<std::string, std::string> more = {}) {
  std::map<std::string, std::string> all{{"GITHUB_ACTIONS", "true"},
                                         {"GITHUB_EVENT_NAME", event},
                                         {"GITHUB_REPOSITORY", "acme/widgets"},
                                         {"GITHUB_REPOSITORY_ID", "1"},
                                         {"GITHUB_SHA", k_merge},
                                         {"GITHUB_REF_NAME", "main"},
                                         {"GITHUB_ACTOR", "octocat"},
                                         {"GITHUB_RUN_ID", "99"},
                                         {"GITHUB_RUN_ATTEMPT", "2"},
                                         {"GITHUB_WORKFLOW", "perf"},
                                         {"GITHUB_JOB", "check"},
                                         {"GITHUB_API_URL", "https://ghe.example/api/v3/"},
                                         {"GITHUB_SERVER_URL", "https://ghe.example"},
                                         {"GITHUB_OUTPUT", "/o"},
                                         {"GITHUB_STEP_SUMMARY", "/s"},
                                         {"GITHUB_WORKSPACE", "/github/workspace"}};
  for (auto& [name, value] : more) all[name] = value;
  return os::Environment(std::move(all));
}

Json pull_request_event() {
  return {{"number", 7},
          {"repository", {{"id", 1}, {"full_name", "acme/widgets"}}},
          {"pull_request",
           {{"number", 7},
            {"head", {{"sha", k_head}, {"ref", "faster"}, {"repo", {{"id", 1}, {"full_name", "acme/widgets"}}}}},
            {"base", {{"sha", k_base}, {"ref", "main"}}}}}};
}

Result<RunContext> read(const std::string& event, const Json& value) {
  return run_context(environment(event), value.dump(), "event.json");
}

TEST(RunContext, IsEmptyOutsideGitHub) {
  const auto context = run_context(variables({{"CI", "true"}, {"GITHUB_SHA", "nonsense"}}));
  ASSERT_TRUE(context);
  EXPECT_FALSE(context->in_github);
  EXPECT_EQ(context->head_sha, "");
}

std::string leg(std::map<std::string, std::string> more) {
  const auto context = run_context(environment("schedule", std::move(more)), "{}", "event.json");
  return context ? context->leg : context.error().what;
}

TEST(RunContext, ALegIsCalledByItsNameElseByTheValuesOfItsMatrix) {
  const std::string matrix = R"({"os": "ubuntu-24.04", "compiler": "gcc", "version": 12, "more": {"a": true}})";
  EXPECT_EQ(leg({}), "");
  EXPECT_EQ(leg({{"INPUT_MATRIX", matrix}}), R"(gcc, {"a":true}, ubuntu-24.04, 12)");
  EXPECT_EQ(leg({{"PERFWARDEN_MATRIX", R"({"n": 1})"}, {"INPUT_MATRIX", matrix}}), "1");
  EXPECT_EQ(leg({{"INPUT_NAME", " fast\nlane "}, {"INPUT_MATRIX", matrix}}), "fast lane");
  for (const char* none : {"null", "", "{}", "[1]", "{", "7"}) EXPECT_EQ(leg({{"INPUT_MATRIX", none}}), "") << none;
}

TEST(RunContext, OfAPullRequestIsItsHeadAndNotTheMergeCommit) {
  for (const char* event : {"pull_request", "pull_request_target"}) {
    const auto context = read(event, pull_request_event());
    ASSERT_TRUE(context) << context.error().text();
    EXPECT_TRUE(context->in_github);
    EXPECT_EQ(context->pull_request, 7);
    EXPECT_EQ(context->head_sha, k_head);
    EXPECT_EQ(context->base_sha, k_base);
    EXPECT_EQ(context->head_ref, "faster");
    EXPECT_EQ(context->base_ref, "main");
    EXPECT_EQ(context->head_repository, "acme/widgets");
    EXPECT_FALSE(context->from_fork);
    EXPECT_EQ(context->api_url, "https://ghe.example/api/v3") << "no slash at the end";
    EXPECT_EQ(context->repository_id, 1);
    EXPECT_EQ(context->run_id, "99");
    EXPECT_EQ(context->summary_file, "/s");
  }
}

TEST(RunContext, AForkIsKnownByTheRepositorysIdNotByItsBranchName) {
  Json event = pull_request_event();
  event["pull_request"]["head"]["repo"] = {{"id", 2}, {"full_name", "mallory/widgets"}};
  event["pull_request"]["head"]["ref"] = "main";
  EXPECT_TRUE(read("pull_request", event)->from_fork);
  event["pull_request"]["head"]["repo"]["full_name"] = "acme/widgets";
  EXPECT_TRUE(read("pull_request", event)->from_fork) << "a name may be taken over, an id not";
}

TEST(RunContext, AHeadRepositoryThatIsGoneIsAFork) {
  Json event = pull_request_event();
  event["pull_request"]["head"]["repo"] = nullptr;
  const auto context = read("pull_request", event);
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_TRUE(context->from_fork);
  EXPECT_EQ(context->head_repository, "");
}

TEST(RunContext, OfAPushIsWhatWasThereBefore) {
  auto context = read("push", {{"before", k_base}, {"ref", "refs/heads/feature/x"}});
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_EQ(context->head_sha, k_merge);
  EXPECT_EQ(context->base_sha, k_base);
  EXPECT_EQ(context->head_ref, "feature/x");
  EXPECT_FALSE(context->is_pull_request());
  context = read("push", {{"before", std::string(40, '0')}, {"ref", "refs/heads/new"}});
  ASSERT_TRUE(context);
  EXPECT_EQ(context->base_sha, "") << "a new branch has nothing before it";
}

TEST(RunContext, OfAMergeGroup) {
  const auto context = read("merge_group", {{"merge_group",
                                             {{"head_sha", k_head},
                                              {"base_sha", k_base},
                                              {"base_ref", "refs/heads/main"},
                                              {"head_ref", "refs/heads/gh-readonly-queue/main/pr-7"}}}});
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_EQ(context->head_sha, k_head);
  EXPECT_EQ(context->base_sha, k_base);
  EXPECT_EQ(context->base_ref, "main");
}

TEST(RunContext, OfAMergeGroupThePullRequestIsTheOneThatTheQueuesBranchNames) {
  const auto number = [](const std::string& ref) {
    const auto context =
        read("merge_group", {{"merge_group", {{"head_sha", k_head}, {"base_sha", k_base}, {"head_ref", ref}}}});
    return context ? context->pull_request : -1;
  };
  EXPECT_EQ(number("refs/heads/gh-readonly-queue/main/pr-123-" + k_base), 123);
  EXPECT_EQ(number("refs/heads/gh-readonly-queue/release/1.0/pr-9-" + k_base), 9);
  for (const std::string& other :
       {"refs/heads/main/pr-123-" + k_base, "refs/heads/gh-readonly-queue/main/pr-x-" + k_base,
        std::string("refs/heads/gh-readonly-queue/main/pr-123"), "refs/heads/gh-readonly-queue/main/pr-0-" + k_base,
        std::string()})
    EXPECT_EQ(number(other), 0) << other;
}

TEST(RunContext, OfAWorkflowRunIsTheRunThatTriggeredIt) {
  const auto context = read("workflow_run", {{"repository", {{"id", 1}, {"default_branch", "main"}}},
                                             {"workflow_run",
                                              {{"head_sha", k_head},
                                               {"head_branch", "main"},
                                               {"head_repository", {{"id", 2}, {"full_name", "mallory/widgets"}}},
                                               {"pull_requests", {{{"number", 13}}}}}}});
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_EQ(context->head_sha, k_head);
  EXPECT_EQ(context->head_repository, "mallory/widgets");
  EXPECT_TRUE(context->from_fork);
  EXPECT_EQ(context->pull_request, 0) << "looked up, never taken from a list that is empty for forks";
  EXPECT_EQ(context->base_sha, k_merge) << "GITHUB_SHA, the default branch's tip";
  EXPECT_FALSE(context->of_pull_request) << "the event does not say what triggered that run";
}

TEST(RunContext, OfAWorkflowRunAfterAPullRequestIsAboutAPullRequest) {
  for (const auto& [event, is_one] :
       {std::pair{"pull_request", true}, {"pull_request_target", true}, {"push", false}}) {
    const auto context = read("workflow_run", {{"workflow_run", {{"head_sha", k_head}, {"event", event}}}});
    ASSERT_TRUE(context) << context.error().text();
    EXPECT_EQ(context->of_pull_request, is_one) << event;
  }
}

TEST(RunContext, OfACommentOnAPullRequestIsTheDefaultBranchAsBaseAndAnUnknownHead) {
  Json event{{"repository", {{"id", 1}, {"default_branch", "trunk"}}},
             {"issue", {{"number", 7}, {"pull_request", {{"url", "https://api.github.com/x"}}}}}};
  auto context = read("issue_comment", event);
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_EQ(context->pull_request, 7);
  EXPECT_TRUE(context->of_pull_request);
  EXPECT_EQ(context->base_sha, k_merge);
  EXPECT_EQ(context->base_ref, "trunk");
  EXPECT_EQ(context->head_sha, "");
  EXPECT_TRUE(context->from_fork) << "for all that is known";
  event["issue"].erase("pull_request");
  context = read("issue_comment", event);
  ASSERT_TRUE(context);
  EXPECT_FALSE(context->of_pull_request) << "a comment on an issue";
  EXPECT_EQ(context->pull_request, 0);
}

TEST(RunContext, KnowsSinceWhenTheHeadWasTheHeadAndWhichLabelTheEventSet) {
  Json event = pull_request_event();
  EXPECT_EQ(read("pull_request", event)->head_since, "");
  event["pull_request"]["updated_at"] = "2026-11-29T04:00:00Z";
  EXPECT_EQ(read("pull_request", event)->head_since, "2026-11-29T04:00:00Z");
  event["pull_request"]["head"]["repo"]["pushed_at"] = "2026-11-29T04:00:07Z";
  EXPECT_EQ(read("pull_request", event)->head_since, "2026-11-29T04:00:07Z") << "the later one";
  event["pull_request"]["head"]["repo"]["pushed_at"] = "2026-11-28T04:00:07Z";
  EXPECT_EQ(read("pull_request", event)->head_since, "2026-11-29T04:00:00Z");
  event["pull_request"]["updated_at"] = "yesterday";
  EXPECT_EQ(read("pull_request", event)->head_since, "");
  event["label"] = {{"name", "perf-override"}};
  EXPECT_EQ(read("pull_request", event)->label_added, "") << "not in this event";
  event["action"] = "unlabeled";
  EXPECT_EQ(read("pull_request", event)->label_added, "");
  event["action"] = "labeled";
  EXPECT_EQ(read("pull_request", event)->label_added, "perf-override");
}

TEST(RunContext, KnowsTheWorkflowsFileOnlyWhereItIsOfThisRepository) {
  const auto file_of = [](const std::string& reference) {
    const auto context = run_context(environment("schedule", {{"GITHUB_WORKFLOW_REF", reference}}), "{}", "event.json");
    return context ? context->workflow_file : context.error().text();
  };
  EXPECT_EQ(file_of("acme/widgets/.github/workflows/perf.yml@refs/heads/main"), ".github/workflows/perf.yml");
  EXPECT_EQ(file_of("acme/shared/.github/workflows/perf.yml@refs/heads/main"), "");
  EXPECT_EQ(file_of(""), "");
}

TEST(RunContext, ScheduleAndDispatchNeedNothingOfTheEvent) {
  for (const char* event : {"schedule", "workflow_dispatch"}) {
    const auto context = read(event, Json::object());
    ASSERT_TRUE(context) << context.error().text();
    EXPECT_EQ(context->head_sha, k_merge);
    EXPECT_EQ(context->head_ref, "main");
  }
}

struct Broken {
  const char* event;
  Json value;
  const char* names;
};

TEST(RunContext, ABrokenEventIsAnErrorThatNamesTheField) {
  const auto without = [](const char* pointer) {
    Json event = pull_request_event();
    const Json::json_pointer path(pointer);
    event[path.parent_pointer()].erase(path.back());
    return event;
  };
  const auto with = [](const char* pointer, Json value) {
    Json event = pull_request_event();
    event[Json::json_pointer(pointer)] = std::move(value);
    return event;
  };
  const std::vector<Broken> table{
      {"pull_request", Json::object(), "'pull_request.number' is missing"},
      {"pull_request", Json::array(), "not a JSON object"},
      {"pull_request", without("/pull_request/number"), "'pull_request.number' is missing"},
      {"pull_request", with("/pull_request/number", "7"), "'pull_request.number'"},
      {"pull_request", with("/pull_request/number", -7), "'pull_request.number'"},
      {"pull_request", with("/pull_request/number", 1e300), "'pull_request.number'"},
      {"pull_request", without("/pull_request/head/sha"), "'pull_request.head.sha' is missing"},
      {"pull_request", with("/pull_request/head/sha", "--upload-pack=evil"), "'pull_request.head.sha' is not a commit"},
      {"pull_request", with("/pull_request/head/sha", std::string(40, 'g')), "'pull_request.head.sha' is not a commit"},
      {"pull_request", with("/pull_request/base/sha", nullptr), "'pull_request.base.sha' is not a commit"},
      {"pull_request", with("/pull_request/head", "x"), "'pull_request.head.sha' is missing"},
      {"push", Json::object(), "'before' is missing"},
      {"push", {{"before", "abc"}}, "'before' is not a commit"},
      {"merge_group", Json::object(), "'merge_group.head_sha' is missing"},
      {"workflow_run", {{"workflow_run", nullptr}}, "'workflow_run.head_sha' is missing"},
  };
  for (const Broken& row : table) {
    const auto context = read(row.event, row.value);
    ASSERT_FALSE(context) << row.value;
    EXPECT_EQ(context.error().kind, ErrorKind::github);
    EXPECT_EQ(context.error().where, "event.json");
    EXPECT_NE(context.error().what.find(row.names), std::string::npos) << context.error().text();
  }
}

TEST(RunContext, TextThatIsNotJsonIsAnError) {
  for (const std::string bad : {"", "{", "{\"a\":", "\xff\xfe", "nul"}) {
    const auto context = run_context(environment("pull_request"), bad, "event.json");
    ASSERT_FALSE(context) << bad;
    EXPECT_EQ(context.error().what, "the event is not well-formed JSON");
  }
  const std::string deep(200'000, '[');
  EXPECT_FALSE(run_context(environment("pull_request"), deep, "event.json"));
}

TEST(RunContext, AMessageHoldsNoControlsOfTheEvent) {
  Json event = pull_request_event();
  event["pull_request"]["head"]["sha"] = "\x1b[31mred\n::error::x";
  const auto context = read("pull_request", event);
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().what.find('\x1b'), std::string::npos);
  EXPECT_EQ(context.error().what.find('\n'), std::string::npos);
}

TEST(RunContext, BrokenVariablesAreErrors) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"GITHUB_SHA", "main"},
                                                        {"GITHUB_REPOSITORY", "acme"},
                                                        {"GITHUB_REPOSITORY", "acme/../evil"},
                                                        {"GITHUB_API_URL", "https://a@b/"},
                                                        {"GITHUB_SERVER_URL", "javascript:alert(1)"}}) {
    const auto context = run_context(environment("schedule", {{name, value}}), "{}", "event.json");
    ASSERT_FALSE(context) << name;
    EXPECT_NE(context.error().what.find(name), std::string::npos) << context.error().text();
  }
}

TEST(RunContext, ReadsTheEventsFile) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("event.json", pull_request_event().dump());
  const auto context = run_context(environment("pull_request", {{"GITHUB_EVENT_PATH", path}}));
  ASSERT_TRUE(context) << context.error().text();
  EXPECT_EQ(context->pull_request, 7);
  const auto missing = run_context(environment("pull_request", {{"GITHUB_EVENT_PATH", directory / "none"}}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::github);
  EXPECT_EQ(missing.error().where, directory / "none");
}

TEST(RunContext, WithoutAnEventFileOnlyAPullRequestIsAnError) {
  EXPECT_TRUE(run_context(environment("schedule")));
  const auto context = run_context(environment("pull_request"));
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().what.find("GITHUB_EVENT_PATH"), std::string::npos);
}

TEST(Token, ComesFromTheInputBeforeTheEnvironment) {
  EXPECT_EQ(token(os::Environment()), "");
  EXPECT_EQ(token(variables({{"GITHUB_TOKEN", " b\n"}})), "b") << "a file's last line end is no part of it";
  EXPECT_EQ(token(variables({{"GITHUB_TOKEN", "b"}, {"INPUT_TOKEN", "a"}})), "a");
  EXPECT_EQ(token(variables({{"GITHUB_TOKEN", "b"}, {"INPUT_TOKEN", ""}})), "b");
}

TEST(IsSha, TakesFortyOrSixtyFourLowerCaseHexDigits) {
  EXPECT_TRUE(is_sha(std::string(40, '0')));
  EXPECT_TRUE(is_sha(std::string(64, 'f')));
  for (const std::string& bad : {std::string(), std::string(39, 'a'), std::string(41, 'a'), std::string(40, 'A')})
    EXPECT_FALSE(is_sha(bad));
}

}  // namespace
}  // namespace perfwarden::github
