#include <fmt/format.h>

#include <algorithm>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/redact.hpp"
#include "net/url.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"
#include "report/page/medium.hpp"

namespace perfwarden::publish {
namespace {

using Json = nlohmann::json;

constexpr Route k_jira{"jira", "PERFWARDEN_JIRA_TOKEN"};
constexpr std::size_t k_ticket_characters = 10'000, k_ticket_columns = 200, k_most_tickets = 5;

// A Site is Jira's REST API, version 2, which Jira Cloud and Jira Data Center both have; texts are plain there.
class Site {
 public:
  Site(const Post& post, const JiraConfig& config, const std::string& token) : post_(post), root_(config.url) {
    while (root_.ends_with('/')) root_.pop_back();
    authorization_ = config.user.empty() ? "Bearer " + token : "Basic " + base64(config.user + ":" + token);
  }

  // A denial is a delivery, any other failure an Error.
  Result<net::HttpResponse> ask(const std::string& method, const std::string& path, const Json& body) {
    net::HttpRequest request{method,
                             root_ + path,
                             {{"Authorization", authorization_},
                              {"Accept", "application/json"},
                              {"Content-Type", "application/json"},
                              {"User-Agent", "perfwarden"}},
                             body.is_null() ? "" : json::dump(body)};
    PW_TRY_ASSIGN(net::HttpResponse response, post_.http.send(request));
    denied_ = response.status == 401 || response.status == 403;
    if (response.status / 100 == 2 || response.status == 404) return response;
    return Error{.kind = ErrorKind::network,
                 .what = fmt::format("jira answered {}: {}", response.status,
                                     text::truncate(text::one_line(net::redact(response.body)), 200)),
                 .hint = denied_ ? fmt::format("check {}", k_jira.variable) : ""};
  }
  [[nodiscard]] bool denied() const { return denied_; }

 private:
  const Post& post_;
  std::string root_, authorization_;
  bool denied_ = false;
};

// Key of the open ticket with that label; empty when there is none. Jira Cloud has moved its search.
Result<std::string> open_ticket(Site& site, const JiraConfig& config, const std::string& label) {
  const std::string jql =
      fmt::format("project = \"{}\" AND labels = \"{}\" AND statusCategory != Done ORDER BY created",
                  text::replace_all(config.project, "\"", ""), label);
  const std::string query = "?maxResults=1&fields=key&jql=" + net::encode_component(jql);
  PW_TRY_ASSIGN(net::HttpResponse response, site.ask("GET", "/rest/api/2/search/jql" + query, nullptr));
  if (response.status == 404) {
    PW_TRY_ASSIGN(response, site.ask("GET", "/rest/api/2/search" + query, nullptr));
  }
  const auto value = json::parse(response.body);
  const Json* issues = value ? json::at(*value, {"issues"}) : nullptr;
  if (issues == nullptr || !issues->is_array())
    return Error{.kind = ErrorKind::network, .what = "jira's answer to a search has no list of issues"};
  return issues->empty() ? std::string() : json::string_at(issues->front(), {"key"});
}

// One ticket for each regression: commented while it is open, else made. True when it was made.
Result<bool> write_ticket(Site& site, const JiraConfig& config, const Regression& one, const std::string& text) {
  const std::string label = "perfwarden-" + one.key();
  PW_TRY_ASSIGN(const std::string key, open_ticket(site, config, label));
  if (!key.empty()) {
    PW_TRY(site.ask("POST", fmt::format("/rest/api/2/issue/{}/comment", net::encode_component(key)),
                    Json{{"body", text}}));
    return false;
  }
  const std::string summary = fmt::format("{} got worse", report::name_in(report::Medium::plain, one.series().path()));
  Json labels = Json::array();
  labels.push_back("perfwarden");
  labels.push_back(label);
  const Json fields{{"project", {{"key", config.project}}},
                    {"issuetype", {{"name", config.type}}},
                    {"summary", text::truncate(text::one_line(summary), k_ticket_columns)},
                    {"description", text},
                    {"labels", labels}};
  PW_TRY_ASSIGN(const net::HttpResponse response, site.ask("POST", "/rest/api/2/issue", Json{{"fields", fields}}));
  if (response.status == 404)
    return Error{.kind = ErrorKind::network, .what = "jira answered 404", .hint = "check publish.jira.url"};
  return true;
}

Result<Delivery> send_jira(const Post& post, const JiraConfig& config) {
  if (config.telling.tell == Tell::always) return skipped("a ticket needs a regression: write `tell: regressions`");
  return tell(post, k_jira, config.telling, [&](const News& news) -> Result<Delivery> {
    Site site(post, config, news.secret);
    // {noformat}: in what a pull request can write, Jira must look for no mark-up.
    PW_TRY_ASSIGN(const std::string plain, news.text(post, k_ticket_characters));
    const std::string text = "{noformat}\n" + text::replace_all(plain, "{", "(") + "{noformat}";
    std::size_t made = 0;
    const std::size_t count = std::min(news.regressions.size(), k_most_tickets);
    for (std::size_t i = 0; i < count; ++i) {
      const Result<bool> written = write_ticket(site, config, news.regressions[i], text);
      if (!written && site.denied()) return refused(written.error().what + "; " + written.error().hint);
      if (!written) return written.error();
      made += *written ? 1U : 0U;
    }
    return sent(fmt::format("{} new, {} commented", made, count - made));
  });
}

}  // namespace

extern const Notifier k_notifier_jira{"jira", "a ticket in Jira for each regression", "PERFWARDEN_JIRA_TOKEN",
                                      Turn::first, send_with<&PublishConfig::jira, send_jira>};

}  // namespace perfwarden::publish
