#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/issues.hpp"
#include "github/run_context.hpp"
#include "os/clock.hpp"
#include "publish/access.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"
#include "report/page/medium.hpp"
#include "report/page/page.hpp"

namespace perfwarden::publish {
namespace {

using report::Data;
using report::Medium;

constexpr std::string_view k_issue_begin = "<!-- perfwarden-issue:v1 key=", k_issue_written = " written=",
                           k_issue_end = " -->";
constexpr std::size_t k_title_columns = 200, k_suspects = 10;
constexpr std::int64_t k_day_s = 86'400;

// By what an issue is found again: the benchmark and the change.
std::string key_of(const Persistence& one) {
  return hex16(fnv1a(one.bad, fnv1a(one.id.path())));
}

struct IssueMarker {
  std::string key;
  std::int64_t written_s = 0;
};

std::string line_of(const IssueMarker& marker) {
  return fmt::format("{}{}{}{}{}", k_issue_begin, marker.key, k_issue_written, os::rfc3339(marker.written_s),
                     k_issue_end);
}

// The marker is the last line.
std::optional<IssueMarker> marker_in(std::string_view body) {
  body = text::trim(body);
  std::string_view line = text::trim(body.substr(body.rfind('\n') == std::string_view::npos ? 0 : body.rfind('\n')));
  const std::size_t written = line.find(k_issue_written);
  if (!line.starts_with(k_issue_begin) || !line.ends_with(k_issue_end) || written == std::string_view::npos)
    return std::nullopt;
  const std::string_view time = line.substr(written + k_issue_written.size());
  const auto written_s = os::read_rfc3339(time.substr(0, time.size() - k_issue_end.size()));
  if (!written_s) return std::nullopt;
  return IssueMarker{std::string(line.substr(k_issue_begin.size(), written - k_issue_begin.size())), *written_s};
}

// What one run does to the issues.
class Issues {
 public:
  Issues(Session& session, const Post& post, const IssuesConfig& config)
      : api_(session.api()), session_(session), post_(post), config_(config) {}

  Result<Delivery> write();

 private:
  struct Known {
    github::Issue issue;
    IssueMarker marker;
  };
  [[nodiscard]] Status read();
  [[nodiscard]] Status open(const Persistence& one);
  [[nodiscard]] Status follow(const Persistence& one, const Known& known);
  [[nodiscard]] Result<std::string> body_of(const Persistence& one);
  [[nodiscard]] std::string link_to(const std::string& path) const;

  github::Api& api_;
  Session& session_;
  const Post& post_;
  const IssuesConfig& config_;
  std::vector<Known> known_;
  int opened_ = 0, updated_ = 0, closed_ = 0, left_ = 0;
};

std::string Issues::link_to(const std::string& path) const {
  return fmt::format("{}/{}{}", post_.report.context.server_url, post_.report.context.repository, path);
}

Result<std::string> Issues::body_of(const Persistence& one) {
  Data data;
  report::put(data, "subject", report::name_in(Medium::markdown, one.id.path()));
  report::put(data, "change", percent(one.worse_by));
  report::put(data, "bad", report::name_in(Medium::markdown, one.bad.substr(0, 10)));
  report::put(data, "newest", report::name_in(Medium::markdown, one.newest.substr(0, 10)));
  report::put(data, "runs", std::to_string(one.runs));
  report::put(data, "run_url", report::some(post_.report.context.run_url()));
  const bool linked = github::is_sha(one.good) && github::is_sha(one.bad);
  report::put(data, "compare_url", report::some(linked ? link_to("/compare/" + one.good + "..." + one.bad) : ""));
  std::vector<std::string> suspects;
  if (linked) {
    // Without the list of commits the issue is still worth opening.
    const auto commits = github::commits_between(api_, one.good, one.bad, k_suspects);
    for (const github::CommitLine& commit : commits.value_or({}))
      suspects.push_back(fmt::format("{} {} ({})", report::name_in(Medium::markdown, commit.sha.substr(0, 10)),
                                     report::prose_in(Medium::markdown, commit.subject),
                                     report::prose_in(Medium::markdown, commit.author)));
  }
  report::put_list(data, "suspects", report::lines_of(suspects));
  PW_TRY_ASSIGN(const std::string text, report::fill(post_.templates, "issue.md.mustache", data));
  return fmt::format("{}\n\n{}", text::trim(text), line_of({key_of(one), post_.clock.unix_s()}));
}

Status Issues::read() {
  PW_TRY_ASSIGN(const std::vector<github::Issue> all, github::issues_with(api_, config_.label));
  for (const github::Issue& issue : all) {
    auto marker = marker_in(issue.opening.body);
    if (marker && session_.is_ours(issue.opening)) known_.push_back({issue, *std::move(marker)});
  }
  return Nothing{};
}

Status Issues::open(const Persistence& one) {
  if (opened_ == config_.most) {
    ++left_;
    return Nothing{};
  }
  PW_TRY_ASSIGN(const std::string body, body_of(one));
  const std::string title =
      fmt::format("{} is {} worse", report::name_in(Medium::plain, one.id.path()), percent(one.worse_by));
  PW_TRY(github::open_issue(api_, text::truncate(text::one_line(title), k_title_columns), body, config_.label));
  ++opened_;
  return Nothing{};
}

Status Issues::follow(const Persistence& one, const Known& known) {
  if (!known.issue.open) return Nothing{};  // whoever closed it knows
  if (one.recovered) {
    const std::string note = fmt::format("{} is without it: the regression lasted for {} runs.",
                                         report::name_in(Medium::markdown, one.newest.substr(0, 10)), one.runs);
    PW_TRY(api_.create_comment(known.issue.number, note));
    PW_TRY(github::close_issue(api_, known.issue.number));
    ++closed_;
    return Nothing{};
  }
  if (post_.clock.unix_s() - known.marker.written_s < k_day_s) return Nothing{};
  PW_TRY_ASSIGN(const std::string body, body_of(one));
  PW_TRY(github::update_issue(api_, known.issue.number, body));
  ++updated_;
  return Nothing{};
}

Result<Delivery> Issues::write() {
  PW_TRY(read());
  for (const Persistence& one : post_.persistent) {
    const std::string key = key_of(one);
    const auto known =
        std::find_if(known_.begin(), known_.end(), [&](const Known& candidate) { return candidate.marker.key == key; });
    if (known != known_.end())
      PW_TRY(follow(one, *known));
    else if (one.lasts())
      PW_TRY(open(one));
  }
  if (opened_ + updated_ + closed_ + left_ == 0) return skipped("nothing to open, update or close");
  std::string note = fmt::format("{} opened, {} updated, {} closed", opened_, updated_, closed_);
  if (left_ > 0) note += fmt::format("; {} more wait for the next run (publish.issues.most)", left_);
  return sent(std::move(note));
}

Result<Delivery> send_issues(const Post& post, const IssuesConfig& config) {
  if (!config.open) return skipped("switched off");
  if (!post.of_branch) return skipped("not a run of the baseline branch");
  if (post.persistent.empty()) return skipped("the history knows no regression");
  return on_commit(post, [&](Session& session) { return Issues(session, post, config).write(); });
}

}  // namespace

extern const Notifier k_notifier_issues{
    "issues", "keeps an issue for each regression of the baseline branch that three runs in a row have",
    "issues: write", Turn::first, send_with<&PublishConfig::issues, send_issues>};

}  // namespace perfwarden::publish
