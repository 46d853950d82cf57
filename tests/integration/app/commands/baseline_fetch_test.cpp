#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "profile/kept.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"
#include "support/zip.hpp"

// `perfwarden baseline fetch` from its command line to a GitHub on this machine.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;
using support::FakeArtifact;
using support::FakeGitHub;

class BaselineFetch : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    directory.write(
        "perfwarden.yml",
        "version: 1\nsuites: { core: { run: ./bench, parser: time } }\nbudgets: { '*': +5% }\nhistory: off\n"
        "baseline: { branch: main }\n");
    for (const char* line : {"git init -q -b main . && git add perfwarden.yml && git commit -q -m 1", commit_one(),
                             commit_one(), "git checkout -q -b faster", commit_one()})
      sh(line);
    // Nearest first: the merge base and its parents.
    const std::string log = sh("git log --format=%H main");
    for (const std::string_view sha : text::lines(log)) main.emplace_back(sha);
    ASSERT_EQ(main.size(), 3U);
    const std::string head = sh("git rev-parse HEAD");
    const Json event = {{"repository", {{"id", 1}, {"default_branch", "main"}}},
                        {"pull_request",
                         {{"number", 7},
                          {"head", {{"sha", head}, {"ref", "faster"}, {"repo", {{"id", 1}}}}},
                          {"base", {{"sha", main[0]}, {"ref", "main"}}}}}};
    variables = {{"GITHUB_ACTIONS", "true"},
                 {"GITHUB_EVENT_NAME", "pull_request"},
                 {"GITHUB_EVENT_PATH", directory.write(".event/event.json", event.dump())},
                 {"GITHUB_REPOSITORY", "acme/widgets"},
                 {"GITHUB_SHA", head},
                 {"GITHUB_API_URL", github.api_url()},
                 {"GITHUB_TOKEN", FakeGitHub::token()},
                 {"HOME", directory.path()},
                 {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  static const char* commit_one() { return "git commit -q --allow-empty -m more"; }
  std::string sh(const std::string& line) {
    os::Command command = support::shell(line);
    command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                   {"HOME", directory.path()},
                   {"GIT_AUTHOR_NAME", "t"},
                   {"GIT_AUTHOR_EMAIL", "t@example.invalid"},
                   {"GIT_COMMITTER_NAME", "t"},
                   {"GIT_COMMITTER_EMAIL", "t@example.invalid"}};
    const Result<os::ProcessResult> result = processes.run(command);
    EXPECT_TRUE(result && result->ok()) << line;
    return result ? std::string(text::trim(result->out)) : "";
  }
  static std::string samples_of(const std::string& commit) {
    const Json series = {{"suite", "core"}, {"benchmark", "parse"}, {"metric", "wall_time"},
                         {"unit", "s"},     {"better", "lower"},    {"invocations", {{0.01}, {0.011}}}};
    return Json{{"schema", "perfwarden.samples/1"},
                {"run", {{"commit", commit}, {"time", "2023-11-14T01:00:00Z"}, {"machine", {{"fingerprint", "m"}}}}},
                {"series", {series}}}
        .dump();
  }
  static std::string profiles_of(const std::string& commit) {
    baseline::Entry entry;
    entry.commit = commit;
    entry.fingerprint = "m";
    return baseline::profiles_file(entry);
  }
  // What upload-artifact keeps of a folder of reports.
  FakeArtifact artifact_of(const std::string& commit) const {
    FakeArtifact artifact;
    artifact.head_sha = commit;
    artifact.zip = support::make_zip({{"report.json", "{}"}, {"samples-head.json", samples_of(commit)}});
    return artifact;
  }
  int run(std::vector<const char*> more = {}) {
    const os::Environment environment(variables);
    World world{processes, clock, environment, console, http};
    std::vector<const char*> arguments{"perfwarden", "baseline", "fetch"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return app::run(world, arguments);
  }
  // The commit on record; empty when there is none.
  static std::string recorded() {
    const auto entries = baseline::entries(".perfwarden/baseline");
    return entries && !entries->empty() ? entries->front().commit : "";
  }
  [[nodiscard]] bool says(const std::string& words) const { return console.err_text.find(words) != std::string::npos; }

  support::TemporaryDirectory directory;
  FakeGitHub github;
  os::SystemProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  net::CurlClient http;
  std::vector<std::string> main;
  std::map<std::string, std::string> variables;

 private:
  std::filesystem::path before_;
};

TEST_F(BaselineFetch, TakesTheMergeBasesSamplesAndTheTokenGoesNowhereElse) {
  github.add_artifact(artifact_of(main[0]));
  github.add_artifact(artifact_of(main[1]));
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(recorded(), main[0]);
  EXPECT_TRUE(says("the baseline of the merge base " + main[0].substr(0, 10) + " is in .perfwarden/baseline"))
      << console.err_text;
  EXPECT_FALSE(says("sig=secret"));
}

TEST_F(BaselineFetch, ElseTheNearestFirstParentAncestorWithItsDistance) {
  github.add_artifact(artifact_of(main[2]));
  github.add_artifact(artifact_of(sh("git rev-parse HEAD")));  // not an ancestor of the merge base
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(recorded(), main[2]);
  EXPECT_TRUE(says("2 commits before the merge base")) << console.err_text;
}

TEST_F(BaselineFetch, OfARunThatWasRepeatedTheLastAttemptCounts) {
  FakeArtifact first = artifact_of(main[0]);
  first.name = "perfwarden-1";
  first.conclusion = "failure";
  FakeArtifact second = artifact_of(main[0]);
  second.name = "perfwarden-2";
  second.created = "2023-11-14T05:00:00Z";
  github.add_artifact(second);
  github.add_artifact(first);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(recorded(), main[0]);
  EXPECT_FALSE(says("is not used")) << console.err_text;
}

TEST_F(BaselineFetch, AForksBranchCalledMainCannotPoisonIt) {
  FakeArtifact forks = artifact_of(main[0]);
  forks.head_repository_id = 2;
  github.add_artifact(forks);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(recorded(), "");
  EXPECT_TRUE(says("no artifact 'perfwarden' of the last 3 commits of main can be used as the baseline"))
      << console.err_text;
  EXPECT_EQ(github.count("GET", "/zip"), 0U) << "it is not even downloaded";
}

TEST_F(BaselineFetch, OnlyARunThatNoPullRequestCanCauseIsBelieved) {
  FakeArtifact artifact = artifact_of(main[0]);
  artifact.event = "pull_request";
  github.add_artifact(artifact);
  artifact = artifact_of(main[0]);
  artifact.head_branch = "other";
  github.add_artifact(artifact);
  artifact = artifact_of(main[0]);
  artifact.conclusion = "failure";
  github.add_artifact(artifact);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(recorded(), "");
  for (const char* why : {"its event is pull_request", "it is of branch other", "it did not succeed"})
    EXPECT_TRUE(says(why)) << why << console.err_text;
}

TEST_F(BaselineFetch, AnotherDigestAnotherCommitAndNonsenseAreRefused) {
  FakeArtifact artifact = artifact_of(main[0]);
  artifact.digest = "sha256:" + std::string(64, '0');
  github.add_artifact(artifact);
  artifact = artifact_of(main[0]);
  artifact.zip = support::make_zip({{"samples-head.json", samples_of(main[1])}});
  github.add_artifact(artifact);
  artifact.zip = "not a zip";
  github.add_artifact(artifact);
  artifact.zip = support::make_zip({{"deeper/samples-head.json", samples_of(main[0])}});
  github.add_artifact(artifact);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(recorded(), "");
  for (const std::string& why :
       {std::string("its digest is another"), "its samples are of commit " + main[1].substr(0, 10),
        std::string("it has no end record"), std::string("it has no entry 'samples-head.json'")})
    EXPECT_TRUE(says(why)) << why << console.err_text;
}

// Profiles lie beside the samples in the same zip, whose digest was checked.
TEST_F(BaselineFetch, TheProfilesBesideTheSamplesAreTakenWithThem) {
  FakeArtifact artifact = artifact_of(main[0]);
  const auto with_profiles = [&](const std::string& text) {
    return support::make_zip(
        {{"samples-head.json", samples_of(main[0])}, {"samples-head.profiles.json", text}, {"x", "x"}});
  };
  const std::string good = profile::write_kept({main[0], {}}).text;
  artifact.zip = with_profiles(good);
  github.add_artifact(artifact);
  EXPECT_EQ(run(), 0) << console.err_text;
  const std::string file = ".perfwarden/baseline/" + profiles_of(main[0]);
  EXPECT_EQ(support::slurp(file), good);
  EXPECT_FALSE(says("are not used")) << console.err_text;
  // Later and newer: an artifact whose profiles cannot be believed. Its samples can, and the old profiles go.
  for (const std::string& bad : {profile::write_kept({main[1], {}}).text, std::string("{"), std::string()}) {
    console.err_text.clear();
    artifact.created = "2023-11-14T05:00:00Z";
    artifact.zip = with_profiles(bad);
    github.add_artifact(artifact);
    EXPECT_EQ(run(), 0) << console.err_text;
    EXPECT_EQ(recorded(), main[0]);
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_TRUE(says("the profiles of run")) << console.err_text;
  }
}

TEST_F(BaselineFetch, ProfilesThatSayTheyAreHugeAreNotUnpacked) {
  FakeArtifact artifact = artifact_of(main[0]);
  artifact.zip = support::make_zip({{"samples-head.json", samples_of(main[0])},
                                    {.name = "samples-head.profiles.json", .bytes = "{}", .size = 4'000'000'000}});
  github.add_artifact(artifact);
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(recorded(), main[0]);
  EXPECT_TRUE(says("holds more than 67108864 bytes")) << console.err_text;
}

TEST_F(BaselineFetch, ExpiryAgeAndAServerWithoutDigestsAreSaid) {
  FakeArtifact expired = artifact_of(main[0]);
  expired.expired = true;
  github.add_artifact(expired);
  FakeArtifact old = artifact_of(main[1]);
  old.created = "2023-09-01T00:00:00Z";
  old.digest = "none";
  github.add_artifact(old);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(recorded(), main[1]);
  for (const char* what : {"1 artifact of an ancestor has expired",
                           "the baseline is of 2023-09-01, more than 30 days ago", "this server gives no digest"})
    EXPECT_TRUE(says(what)) << what << console.err_text;
}

TEST_F(BaselineFetch, WhatExpiresSoonIsSaid) {
  FakeArtifact artifact = artifact_of(main[0]);
  artifact.expires = "2023-11-18T00:00:00Z";
  github.add_artifact(artifact);
  EXPECT_EQ(run(), 0);
  EXPECT_TRUE(says("expires on 2023-11-18")) << console.err_text;
}

TEST_F(BaselineFetch, TheMissingPermissionIsNamed) {
  github.stub(
      {"no actions: read",
       "GET",
       "/actions/artifacts",
       {403, {}, R"({"message": "Resource not accessible by integration"})", support::WireReply::Ending::whole}});
  EXPECT_EQ(run(), 6);
  EXPECT_TRUE(says("`permissions: actions: read`")) << console.err_text;
}

TEST_F(BaselineFetch, WithoutATokenOrOutsideOfGitHubItSaysWhatToDo) {
  variables.erase("GITHUB_TOKEN");
  EXPECT_EQ(run(), 2);
  EXPECT_TRUE(says("actions: read")) << console.err_text;
  variables = {{"PATH", "/usr/bin:/bin"}};
  EXPECT_EQ(run(), 2);
  EXPECT_TRUE(says("this is not GitHub Actions")) << console.err_text;
  EXPECT_TRUE(github.requests().empty());
}

TEST_F(BaselineFetch, AnotherNameAndAnotherEntryCanBeAskedFor) {
  FakeArtifact artifact = artifact_of(main[0]);
  artifact.name = "gcc";
  artifact.zip = support::make_zip({{"x.json", samples_of(main[0])}});
  github.add_artifact(artifact);
  EXPECT_EQ(run({"--artifact", "gcc", "--entry", "x.json"}), 0);
  EXPECT_EQ(recorded(), main[0]);
}

}  // namespace
}  // namespace perfwarden::app
