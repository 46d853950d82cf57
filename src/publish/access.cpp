#include "publish/access.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "github/run_context.hpp"

namespace perfwarden::publish {
namespace {

std::string user_agent(const std::string& version) {
  // A report may come from a file that anybody wrote, and this goes into a header.
  const bool is_version =
      !version.empty() && version.size() < 32 && version.find_first_not_of("0123456789.") == std::string::npos;
  return is_version ? "perfwarden/" + version : "perfwarden";
}

// Whatever `permissions:` say, such a token may only read.
bool only_reads(const RunContext& context) {
  return context.from_fork && context.event.starts_with("pull_request") && context.event != "pull_request_target";
}

bool written_by_actions(const github::Comment& comment) {
  return comment.by_bot && (comment.author == "github-actions[bot]" || comment.app == "github-actions");
}

bool written_by(const github::Comment& comment, const std::string& login) {
  if (login.empty()) return false;
  return comment.author == login || (comment.by_bot && comment.author == login + "[bot]");
}

// `known`: whether it must be known that no later run has written. What is about a commit of its own does no harm.
Result<Delivery> attempt(const Post& post, bool known, const Write& write) {
  if (github::token(post.environment).empty())
    return refused("no token: give the action `token: ${{ github.token }}`, or set GITHUB_TOKEN");
  if (only_reads(post.report.context)) return refused("a pull request from a fork gets a token that can only read");
  Session& session = *post.session;
  const auto unless_superseded = [&]() -> Result<Delivery> {
    const Result<std::string> superseded = session.superseded();
    if (!superseded && known) return superseded.error();
    return superseded.value_or("").empty() ? write(session) : skipped(*superseded);
  };
  Result<Delivery> delivery = unless_superseded();
  if (delivery || !session.api().denied()) return delivery;
  const Error& error = delivery.error();
  return refused(error.hint.empty() ? error.what : error.what + "; " + error.hint);
}

}  // namespace

Session::Session(const Post& post)
    : api_(post.http, post.clock,
           {post.report.context.api_url, post.report.context.repository, github::token(post.environment),
            user_agent(post.report.tool_version)}),
      pull_request_(post.report.context.pull_request),
      marker_(marker_of(post.report)),
      of_head_(post.report.context.event != "merge_group" && !post.report.context.head_sha.empty()) {}

bool Session::is_ours(const github::Comment& comment) {
  if (written_by_actions(comment)) return true;
  if (!login_) login_ = api_.viewer();
  return written_by(comment, *login_);
}

Result<std::vector<OwnComment>> Session::own_comments() {
  if (comments_) return *comments_;
  PW_TRY_ASSIGN(const std::vector<github::Comment> all, api_.comments(pull_request_));
  std::vector<OwnComment> out;
  for (const github::Comment& comment : all) {
    std::vector<Section> sections = read_sections(comment.body);
    if (!sections.empty() && is_ours(comment)) out.push_back({comment.id, comment.node_id, std::move(sections)});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  comments_ = out;
  return out;
}

void Session::wrote(const github::Comment& comment) {
  login_ = comment.author;
  comments_.reset();
}

Result<std::string> Session::why_superseded() {
  if (pull_request_ == 0) return std::string();
  if (of_head_) {
    PW_TRY_ASSIGN(const github::PullRequest now, api_.pull_request(pull_request_));
    if (now.head_sha != marker_.head)
      return fmt::format("the pull request is at {} by now, and this run is about {}", now.head_sha.substr(0, 10),
                         marker_.head.substr(0, 10));
  }
  PW_TRY_ASSIGN(const std::vector<OwnComment> comments, own_comments());
  for (const OwnComment& comment : comments)
    for (const Section& section : comment.sections)
      if (section.marker.key == marker_.key && marker_.older_than(section.marker))
        return fmt::format("comment {} is from a later run ({}.{})", comment.id, section.marker.run_id,
                           section.marker.run_attempt);
  return std::string();
}

Result<std::string> Session::superseded() {
  if (!superseded_) superseded_ = why_superseded();
  return *superseded_;
}

void open_session(Post& post) {
  post.session = std::make_shared<Session>(post);
}

Result<Delivery> on_commit(const Post& post, const Write& write) {
  if (!post.report.context.in_github) return skipped("not in GitHub Actions");
  if (post.session->marker().head.empty()) return skipped("not about a commit");
  return attempt(post, false, write);
}

Result<Delivery> on_pull_request(const Post& post, const Write& write) {
  if (!post.report.context.in_github) return skipped("not in GitHub Actions");
  if (!post.report.context.is_pull_request()) return skipped("not about a pull request");
  return attempt(post, true, write);
}

}  // namespace perfwarden::publish
