#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/pipe/tokens_in_reach.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/pipe/trusted_files.hpp"
#include "github/api.hpp"
#include "github/run_context.hpp"
#include "integration/app/event_fixture.hpp"
#include "publish/notifier.hpp"

// The trust table of docs/security.md, cell by cell: base and head say something else about each thing, and what counts
// is looked at in each event.
namespace perfwarden::app {
namespace {

using Row = std::map<std::string, std::string>;  // by the heading of the column

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out;
  for (const std::string_view cell : text::split(line, '|')) out.emplace_back(text::trim(cell));
  return out.size() < 3 ? std::vector<std::string>() : std::vector(out.begin() + 1, out.end() - 1);
}

// By the event, without the marks of code.
std::map<std::string, Row> table_of_the_document() {
  const std::string whole = support::slurp(support::source_path("docs/security.md"));
  std::map<std::string, Row> out;
  std::vector<std::string> headings;
  for (const std::string_view line : text::lines(std::string_view(whole).substr(whole.find("<!-- trust table")))) {
    const std::vector<std::string> cells = cells_of(line);
    if (line.starts_with("| event")) headings = cells;
    if (cells.empty() || cells[0] == "event" || cells[0].starts_with(":--")) {
      if (cells.empty() && !out.empty()) break;
      continue;
    }
    for (std::size_t i = 1; i < cells.size() && i < headings.size(); ++i)
      out[text::replace_all(cells[0], "`", "")][headings[i]] = cells[i];
  }
  return out;
}

// A GitHub that takes everything, and whose pull request is at the commit of the run.
class WillingGitHub final : public net::HttpClient {
 public:
  explicit WillingGitHub(std::string head) : head_(std::move(head)) {}
  Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    const nlohmann::json pull{{"number", 7},
                              {"head", {{"sha", head_}, {"repo", {{"full_name", "eve/parser"}}}}},
                              {"base", {{"repo", {{"full_name", "acme/parser"}}}}}};
    if (request.url.find("/pulls?") != std::string::npos) return net::HttpResponse{200, {}, "[" + pull.dump() + "]"};
    if (request.url.ends_with("/pulls/7")) return net::HttpResponse{200, {}, pull.dump()};
    if (request.url.find("/comments?") != std::string::npos) return net::HttpResponse{200, {}, "[]"};
    return net::HttpResponse{200, {}, R"({"id": 1, "check_runs": []})"};
  }
  Result<long> mail(const net::Mail& /*mail*/) override { return 250L; }

 private:
  std::string head_;
};

class TrustTable : public EventCheck {
 protected:
  // Every deciding thing, as base or as head says it.
  static std::string config(bool head) {
    const std::string mine = head ? "head" : "base";
    return "version: 1\nsuites: { core: { run: ./" + mine +
           ".sh, parser: time } }\nbudgets: { '*': " + (head ? "+500%" : "+5%") + " }\nhistory: 'sqlite:" + mine +
           ".db'\noverrides: { allow: [" + mine + "] }\n";
  }
  void write_side(bool head) {
    write("perfwarden.yml", config(head));
    for (const char* file : k_files) write(file, head ? "head" : "base");
  }
  static constexpr std::array k_files{"perf/base.json", "words/comment.mustache", "patterns.yml", "CODEOWNERS"};
  static constexpr std::array k_columns{"baseline file", "templates", "patterns", "owners"};

  void change_event(const char* place, const nlohmann::json& to) {
    nlohmann::json value = nlohmann::json::parse(support::slurp(directory_ / ".git/event.json"));
    value[nlohmann::json::json_pointer(place)] = to;
    write(".git/event.json", value.dump());
  }

  std::vector<std::pair<std::string, std::function<void()>>> events() {
    const auto sha = [this](const char* name) { return git(std::string("rev-parse ") + name); };
    const auto none = nlohmann::json::object();
    return {{"pull_request of a branch", [this] { pull_request_event("pull_request", "main", "HEAD"); }},
            {"pull_request of a fork",
             [this] {
               pull_request_event("pull_request", "main", "HEAD");
               change_event("/pull_request/head/repo", {{"id", 2}, {"full_name", "eve/parser"}});
             }},
            {"pull_request_target", [this] { pull_request_event("pull_request_target", "main", "HEAD"); }},
            {"issue_comment",
             [=, this] {
               event("issue_comment", {{"issue", {{"number", 7}, {"pull_request", {{"url", "x"}}}}}}, sha("main"));
             }},
            {"workflow_run",
             [=, this] {
               event("workflow_run",
                     {{"workflow_run",
                       {{"head_sha", sha("HEAD")},
                        {"head_branch", "change"},
                        {"head_repository", {{"id", 2}, {"full_name", "eve/parser"}}}}}},
                     sha("main"));
             }},
            {"merge_group",
             [=, this] {
               merge_group("main");
               change_event("/merge_group/head_ref", "refs/heads/gh-readonly-queue/main/pr-7-" + sha("main"));
             }},
            {"push", [this] { push("main"); }},
            {"schedule", [=, this] { event("schedule", none, sha("HEAD")); }},
            {"workflow_dispatch", [=, this] { event("workflow_dispatch", none, sha("HEAD")); }},
            {"outside GitHub", [this] { variables_.clear(); }}};
  }

  // What a token that may write writes to. After another workflow's run the number is asked of the API, as `publish`
  // does.
  std::string published(RunContext context) {
    const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", "ghs_0123456789abcdef0123"}});
    WillingGitHub http(context.head_sha);
    if (context.event == "workflow_run") {
      github::Api api(http, clock_, {context.api_url, context.repository, "ghs_0123456789abcdef0123"});
      context.pull_request = github::resolve_pull_request(api, context).value_or(0);
    }
    Report report;
    report.context = std::move(context);
    report.verdict.conclusion = Conclusion::fail;
    PublishConfig config;
    config.check.name = "perfwarden report";
    const report::Templates templates;
    std::vector<std::string> written;
    for (const publish::Delivery& one :
         publish::publish_all({report, templates, "", environment, http, clock_, console_}, config)) {
      if (one.state != publish::Delivery::State::sent) continue;
      if (one.notifier == "label") written.insert(written.begin(), "pull request");
      if (one.notifier == "check-run") written.emplace_back("commit");
    }
    return written.empty() ? "–" : text::join(written, ", ");
  }

  Row observed() {
    std::map<std::string, std::string> variables = variables_;
    variables.insert({{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}});
    variables["PERFWARDEN_MODE"] = "observe";  // neither side's config says so
    const os::Environment environment(std::move(variables));
    console_ = {};
    World world{processes_, clock_, environment, console_, http_};
    std::map<std::string, std::string> of_the_step{{"GITHUB_TOKEN", "ghs_0123456789abcdef0123"}};
    world.ancestors = {{1, ::geteuid(), "bash", os::Environment(std::move(of_the_step))}};
    Row out;
    const Result<RunContext> context = github::run_context(environment);
    const Result<TrustedConfig> trusted = context ? trusted_config(world, *context, {}) : context.error();
    if (!trusted) {
      ADD_FAILURE() << trusted.error().text();
      return out;
    }
    const auto whose = [](bool of_base, bool of_head) { return of_base ? "base" : of_head ? "checkout" : "neither"; };
    const Config& config = trusted->loaded.config;
    const std::string limit = config.budgets.at(0).limits.at("").soft->original;
    out["budgets"] = whose(limit == "+5%", limit == "+500%");
    const std::string& command = config.suites.at(0).run.argv.at(0);
    out["commands"] = whose(command == "./base.sh", command == "./head.sh");
    const std::string& allowed = config.overrides.allow.at(0);
    out["allow list"] = whose(allowed == "base", allowed == "head");
    out["targets"] = whose(config.history == "sqlite:base.db", config.history == "sqlite:head.db");
    const TrustedFiles files(world, trusted->base_sha);
    for (std::size_t i = 0; i < k_files.size(); ++i) {
      const std::string text = files.read(k_files[i], 1000).value_or("");
      out[k_columns[i]] = whose(text == "base", text == "head");
    }
    out["variables, inputs"] = config.mode == Mode::observe ? "workflow" : "nobody";
    const Status looked = look_for_tokens(world, *context, std::nullopt);
    const bool warned = console_.err_text.find("has a token in its variables") != std::string::npos;
    out["token in reach"] = !looked ? "refused" : warned ? "warned" : "–";
    const bool found_later = context->event == "workflow_run" && !context->head_repository.empty();
    const bool of_queue = context->event == "merge_group";  // find_overrides asks nothing there
    out["override, comment"] = context->is_pull_request() && !of_queue ? "event" : found_later ? "API" : "–";
    out["may publish"] = published(*context);
    return out;
  }
};

TEST_F(TrustTable, EveryCellOfTheDocumentIsWhatTheProgramDoes) {
  git("checkout -q main");
  write_side(false);
  commit("'what base says'");
  git("checkout -q -B change");
  write_side(true);
  commit("'what head says'");
  const std::map<std::string, Row> documented = table_of_the_document();
  EXPECT_EQ(documented.size(), events().size());
  std::size_t cells = 0;
  for (const auto& [name, set] : events()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(documented.contains(name)) << "docs/security.md has no row for it";
    set();
    const Row row = observed();
    EXPECT_EQ(row, documented.at(name));
    cells += row.size();
  }
  EXPECT_EQ(cells, 120U);
}

}  // namespace
}  // namespace perfwarden::app
