#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "integration/app/check_fixture.hpp"

// The whole job in other events than a plain pull request.
namespace perfwarden::app {

class EventCheck : public Check {
 protected:
  static nlohmann::json repository_json() {
    return {{"id", 1}, {"full_name", "acme/parser"}, {"default_branch", "main"}};
  }
  void event(const std::string& name, nlohmann::json value, const std::string& sha) {
    value["repository"] = repository_json();
    write(".git/event.json", value.dump());
    variables_ = {{"GITHUB_ACTIONS", "true"},
                  {"GITHUB_EVENT_NAME", name},
                  {"GITHUB_EVENT_PATH", directory_ / ".git/event.json"},
                  {"GITHUB_REPOSITORY", "acme/parser"},
                  {"GITHUB_SHA", sha},
                  {"GITHUB_WORKSPACE", directory_.path()},
                  {"GITHUB_OUTPUT", directory_ / ".git/output"},
                  {"GITHUB_STEP_SUMMARY", directory_ / ".git/summary"}};
  }
  void pull_request_event(const std::string& name, const std::string& base, const std::string& head) {
    const std::string head_sha = git("rev-parse " + head);
    event(name,
          {{"pull_request",
            {{"number", 7},
             {"head", {{"sha", head_sha}, {"ref", "change"}, {"repo", repository_json()}}},
             {"base", {{"sha", git("rev-parse " + base)}, {"ref", "main"}, {"repo", repository_json()}}}}}},
          git("rev-parse HEAD"));
  }
  void merge_group(const std::string& base) {
    event("merge_group",
          {{"merge_group",
            {{"head_sha", git("rev-parse HEAD")},
             {"base_sha", git("rev-parse " + base)},
             {"base_ref", "refs/heads/main"},
             {"head_ref", "refs/heads/gh-readonly-queue/main/pr-7"}}}},
          git("rev-parse HEAD"));
  }
  void push(const std::string& before, const std::string& branch = "main") {
    event("push",
          {{"before", before.size() == 40 ? before : git("rev-parse " + before)}, {"ref", "refs/heads/" + branch}},
          git("rev-parse HEAD"));
  }
  // What the report and the terminal say, with lines that were broken put together.
  [[nodiscard]] std::string said() const {
    return text::replace_all(console_.out_text + console_.err_text, "\n  ", " ");
  }
  static std::string loosened() {
    std::string config = k_config;
    config.replace(config.find("+5%"), 3, "+500%");
    return config;
  }
};

}  // namespace perfwarden::app
