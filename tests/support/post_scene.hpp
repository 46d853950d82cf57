#pragma once

#include <map>
#include <string>

#include "publish/notifier.hpp"
#include "support/fakes.hpp"

namespace perfwarden::support {

// A run on a pull request in GitHub with everything that a notifier may want, nothing of it real.
struct PostScene {
  TemporaryDirectory directory;
  FakeHttp http;
  FakeClock clock;
  FakeConsole console;
  Report report;
  report::Templates templates;
  PublishConfig config;
  std::string token = "t";
  std::map<std::string, std::string> secrets;  // of notifiers beside GitHub's
  bool in_gitlab = false;                      // with the variables of a job for a merge request
  bool of_branch = false;
  std::vector<Persistence> persistent;

  PostScene() {
    report.context.in_github = true;
    report.context.event = "pull_request";
    report.context.repository = "acme/widgets";
    report.context.pull_request = 7;
    report.context.workspace = "/github/workspace";
    report.context.output_file = directory / "output";
    report.context.summary_file = directory / "summary";
    report.config_file = "perfwarden.yml";
  }
  // By the rows given, all of them or a test's own.
  std::vector<publish::Delivery> publish(std::span<const publish::Notifier* const> rows = publish::notifiers()) {
    std::map<std::string, std::string> variables = secrets;
    variables["GITHUB_TOKEN"] = token;
    if (in_gitlab) {
      variables["CI_API_V4_URL"] = "https://gitlab.example.com/api/v4";
      variables["CI_PROJECT_ID"] = "12";
      variables["CI_MERGE_REQUEST_IID"] = "7";
    }
    const os::Environment environment(std::move(variables));
    publish::Post post{report, templates, "reports/abc", environment, http, clock, console};
    post.of_branch = of_branch;
    post.persistent = persistent;
    return publish::publish_all(post, config, rows);
  }
};

}  // namespace perfwarden::support
