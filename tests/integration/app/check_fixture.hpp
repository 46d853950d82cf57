#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/command.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"

// The whole job on real git repositories and real processes. The benchmark is a script that prints numbers, so that
// what is slower, and by how much, is known; noise comes from its process id. It is not profiled: it is so short that
// perf would run it 60 times more for a few samples.
namespace perfwarden::app {

inline constexpr const char* k_script = R"(#!/bin/sh
# name value-in-µs per line; ±0.3 % of noise
while read -r name value; do
  echo "$name $((value * (997 + $$ % 7))) us"
done < values.txt
)";

inline constexpr const char* k_config = R"(version: 1
suites:
  core:
    run: ./bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    iterations: 10
    warmup: 0
    profile: off
budgets:
  "*": +5%
history: off
)";

class Check : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    git("init -q -b main .");
    write("bench.sh", k_script);
    std::filesystem::permissions("bench.sh", std::filesystem::perms::owner_all);
    write("perfwarden.yml", k_config);
    write("values.txt", "parse 1000\nsort 2000\n");
    commit("base");
    git("checkout -q -b change");
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  void write(const std::string& name, const std::string& text) { directory_.write(name, text); }
  std::string git(const std::string& arguments) {
    os::Command command;
    command.argv = {"/bin/sh", "-c", "git -c user.name=t -c user.email=t@example.invalid " + arguments};
    command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}};
    const Result<os::ProcessResult> result = processes_.run(command);
    EXPECT_TRUE(result && result->ok()) << arguments << (result ? result->err : result.error().text());
    std::string out = result ? result->out : "";
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }
  void commit(const std::string& subject) {
    git("add -A && git -c user.name=t -c user.email=t@example.invalid commit -q -m " + subject);
  }

  // Whatever `check` comes to, `gate` comes to by the report that it wrote.
  int perfwarden(const std::vector<const char*>& words) {
    const int code = start(words);
    if (std::string_view(words.front()) == "check") expect_gate_agrees(code, words);
    return code;
  }
  int start(std::vector<const char*> words) {
    words.insert(words.begin(), "perfwarden");
    console_ = {};
    std::map<std::string, std::string> variables = variables_;
    variables.emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
    variables.emplace("HOME", directory_.path());
    const os::Environment environment(std::move(variables));
    World world{processes_, clock_, environment, console_, http_};
    world.ancestors = ancestors_;
    return app::run(world, words);
  }
  void expect_gate_agrees(int code, const std::vector<const char*>& words) {
    constexpr std::string_view k_wrote = "perfwarden: wrote ";
    std::string path;
    for (const std::string_view line : text::lines(console_.err_text))
      if (line.starts_with(k_wrote) && line.ends_with("/report.json")) path = line.substr(k_wrote.size());
    const bool is_judged = code == k_gate_failed || code == k_inconclusive || code == k_no_baseline;
    EXPECT_FALSE(is_judged && path.empty()) << console_.err_text;
    if (path.empty()) return;
    std::vector<const char*> again{"gate", path.c_str(), "--json"};
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string_view word = words[i];
      if (word == "--mode" || word == "--inconclusive" || word == "--confidence" || word == "--config")
        again.insert(again.end(), {words[i], words[i + 1]});
    }
    const support::FakeConsole said = console_;
    EXPECT_EQ(start(again), code == k_not_published ? k_pass : code) << console_.err_text;
    EXPECT_EQ(console_.out_text, support::slurp(path)) << "gate changed the report";
    console_ = said;
  }
  nlohmann::json report() {
    return nlohmann::json::parse(support::slurp("reports/" + git("rev-parse HEAD") + "/report.json"));
  }

  // A pull_request event as GitHub's runner gives it.
  void pull_request(const std::string& base_sha) {
    const std::string repository = R"({"id": 1, "full_name": "acme/parser"})";
    write(".git/event.json", R"({"pull_request": {"number": 7, "head": {"sha": ")" + git("rev-parse HEAD") +
                                 R"(", "ref": "change", "repo": )" + repository + R"(}, "base": {"sha": ")" + base_sha +
                                 R"(", "ref": "main", "repo": )" + repository + R"(}}, "repository": )" + repository +
                                 "}");
    variables_ = {{"GITHUB_ACTIONS", "true"},
                  {"GITHUB_EVENT_NAME", "pull_request"},
                  {"GITHUB_EVENT_PATH", directory_ / ".git/event.json"},
                  {"GITHUB_REPOSITORY", "acme/parser"},
                  {"GITHUB_SHA", git("rev-parse HEAD")},
                  {"GITHUB_WORKSPACE", directory_.path()},
                  {"GITHUB_OUTPUT", directory_ / ".git/output"},
                  {"GITHUB_STEP_SUMMARY", directory_ / ".git/summary"}};
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path before_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
  std::map<std::string, std::string> variables_;
  std::vector<os::Ancestor> ancestors_;  // who started perfwarden
};

}  // namespace perfwarden::app
