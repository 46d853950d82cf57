#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "publish/access.hpp"
#include "publish/marker.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_pr_comment_name = "pr-comment";
constexpr std::size_t k_max_characters = 65'000;      // GitHub refuses more than 65 536
constexpr std::size_t k_careful_characters = 16'000;  // below the limit in bytes too

struct Candidate {
  github::Comment comment;
  Marker marker;
};

bool written_by_actions(const github::Comment& comment) {
  return comment.by_bot && (comment.author == "github-actions[bot]" || comment.app == "github-actions");
}

bool written_by(const github::Comment& comment, const std::string& login) {
  if (login.empty()) return false;
  return comment.author == login || (comment.by_bot && comment.author == login + "[bot]");
}

// Our comments, oldest first. Anybody can write our marker into a comment, and a token that may
// write may edit anybody's, so the author decides. Who the token is is asked only when it matters.
Result<std::vector<Candidate>> our_comments(github::Api& api, const Post& post, const Marker& ours) {
  PW_TRY_ASSIGN(const std::vector<github::Comment> all, api.comments(post.report.context.pull_request));
  std::optional<std::string> login;
  std::vector<Candidate> out;
  for (const github::Comment& comment : all) {
    const auto marker = read_marker(comment.body);
    if (!marker || marker->suites != ours.suites) continue;
    bool is_ours = written_by_actions(comment);
    if (!is_ours && !login) {
      const auto viewer = api.viewer();
      if (!viewer && !api.denied()) return viewer.error();
      login = viewer ? *viewer : "";
    }
    is_ours = is_ours || written_by(comment, *login);
    if (is_ours) out.push_back({comment, *marker});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.comment.id < b.comment.id; });
  return out;
}

// The one to edit: the oldest with our key; else one of the same suites that an earlier run wrote on
// another machine (hosted runners change under us, and each would leave a stale comment behind).
const Candidate* to_edit(const std::vector<Candidate>& candidates, const Marker& ours) {
  for (const Candidate& candidate : candidates)
    if (candidate.marker.same_key(ours)) return &candidate;
  for (const Candidate& candidate : candidates)
    if (candidate.marker.run_id < ours.run_id) return &candidate;
  return nullptr;
}

bool has_something_to_say(const Report& report, CommentWhen when) {
  const Verdict& verdict = report.verdict;
  const Counts& counts = verdict.counts;
  const bool changed = counts.regressions + counts.improvements != 0;
  switch (when) {
    case CommentWhen::always:
      return true;
    case CommentWhen::never:
      return false;
    case CommentWhen::on_change:
      return changed || counts.added + counts.vanished != 0;
    case CommentWhen::automatic:
      break;
  }
  return changed || !verdict.findings.empty() || verdict.conclusion == Conclusion::fail ||
         verdict.conclusion == Conclusion::inconclusive;
}

std::string normal(const std::string& body) {
  return std::string(text::trim(text::replace_all(body, "\r\n", "\n")));
}

Delivery delivery(Delivery::State state, std::string note) {
  return {std::string(k_pr_comment_name), state, std::move(note), false};
}

// Two runs may have created one each at the same time; everybody keeps the oldest, so all agree.
Status delete_duplicates(github::Api& api, const std::vector<Candidate>& candidates, const Marker& ours,
                         std::int64_t keep) {
  for (const Candidate& candidate : candidates)
    if (candidate.comment.id != keep && candidate.marker.same_key(ours))
      PW_TRY(api.delete_comment(candidate.comment.id));
  return Nothing{};
}

Result<Delivery> edit(github::Api& api, const Candidate& candidate, const std::string& body, const Marker& ours) {
  const std::int64_t id = candidate.comment.id;
  if (ours.older_than(candidate.marker))
    return delivery(Delivery::State::skipped, fmt::format("comment {} is from a later run ({}.{})", id,
                                                          candidate.marker.run_id, candidate.marker.run_attempt));
  if (normal(candidate.comment.body) == normal(body))
    return delivery(Delivery::State::skipped, fmt::format("comment {} says the same already", id));
  PW_TRY(api.update_comment(id, body));
  return delivery(Delivery::State::sent, fmt::format("updated comment {}", id));
}

Result<Delivery> create(github::Api& api, const Post& post, const std::string& body, const Marker& ours) {
  PW_TRY_ASSIGN(const github::Comment created, api.create_comment(post.report.context.pull_request, body));
  PW_TRY_ASSIGN(const std::vector<Candidate> now, our_comments(api, post, ours));
  const auto oldest =
      std::find_if(now.begin(), now.end(), [&](const Candidate& candidate) { return candidate.marker.same_key(ours); });
  if (oldest == now.end() || oldest->comment.id == created.id) {
    PW_TRY(delete_duplicates(api, now, ours, created.id));
    return delivery(Delivery::State::sent, fmt::format("created comment {}", created.id));
  }
  PW_TRY_ASSIGN(Delivery edited, edit(api, *oldest, body, ours));
  PW_TRY(delete_duplicates(api, now, ours, oldest->comment.id));
  return edited;
}

Result<Delivery> deliver(github::Api& api, const Post& post, std::size_t max_characters) {
  const Marker ours = marker_of(post.report);
  const std::string body = with_marker(post.comment_markdown, ours, max_characters);
  PW_TRY_ASSIGN(const std::vector<Candidate> before, our_comments(api, post, ours));
  const Candidate* existing = to_edit(before, ours);
  if (existing == nullptr) {
    if (!has_something_to_say(post.report, post.config.comment))
      return delivery(Delivery::State::skipped, "nothing to say");
    return create(api, post, body, ours);
  }
  PW_TRY_ASSIGN(Delivery edited, edit(api, *existing, body, ours));
  PW_TRY(delete_duplicates(api, before, ours, existing->comment.id));
  return edited;
}

Delivery send_pr_comment(const Post& post) {
  if (post.config.comment == CommentWhen::never) return delivery(Delivery::State::skipped, "switched off");
  if (auto why_not = cannot_write(post, k_pr_comment_name)) return *std::move(why_not);
  github::Api api(post.http, post.clock, access_of(post));
  auto delivered = deliver(api, post, k_max_characters);
  if (!delivered && delivered.error().what.find("too long") != std::string::npos)
    delivered = deliver(api, post, k_careful_characters);
  if (!delivered) return delivery_of(delivered.error(), api.denied(), k_pr_comment_name);
  return *std::move(delivered);
}

}  // namespace

extern const Notifier k_notifier_pr_comment{"pr-comment", "keeps one comment on the pull request, edited in place",
                                            "pull-requests: write", send_pr_comment};

}  // namespace perfwarden::publish
