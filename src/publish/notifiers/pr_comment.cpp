#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "publish/access.hpp"
#include "publish/marker.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

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
// write may edit any comment, so the author decides. The token's login is asked for only when it matters.
Result<std::vector<Candidate>> our_comments(const Conversation& conversation, const Marker& ours) {
  github::Api& api = conversation.api;
  PW_TRY_ASSIGN(const std::vector<github::Comment> all, api.comments(conversation.number));
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
// another machine (hosted runners change under us, and each would leave a stale comment).
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
    return skipped(fmt::format("comment {} is from a later run ({}.{})", id, candidate.marker.run_id,
                               candidate.marker.run_attempt));
  if (github::same_text(candidate.comment.body, body))
    return skipped(fmt::format("comment {} says the same already", id));
  PW_TRY(api.update_comment(id, body));
  return sent(fmt::format("updated comment {}", id));
}

Result<Delivery> create(const Conversation& conversation, const std::string& body, const Marker& ours) {
  github::Api& api = conversation.api;
  PW_TRY_ASSIGN(const github::Comment created, api.create_comment(conversation.number, body));
  PW_TRY_ASSIGN(const std::vector<Candidate> now, our_comments(conversation, ours));
  const auto oldest =
      std::find_if(now.begin(), now.end(), [&](const Candidate& candidate) { return candidate.marker.same_key(ours); });
  if (oldest == now.end() || oldest->comment.id == created.id) {
    PW_TRY(delete_duplicates(api, now, ours, created.id));
    return sent(fmt::format("created comment {}", created.id));
  }
  PW_TRY_ASSIGN(Delivery edited, edit(api, *oldest, body, ours));
  PW_TRY(delete_duplicates(api, now, ours, oldest->comment.id));
  return edited;
}

Result<Delivery> deliver(const Conversation& conversation, const Post& post, CommentWhen when,
                         std::size_t max_characters) {
  const Marker ours = marker_of(post.report);
  PW_TRY_ASSIGN(const std::vector<Candidate> before, our_comments(conversation, ours));
  const Candidate* existing = to_edit(before, ours);
  if (existing == nullptr && !has_something_to_say(post.report, when)) return skipped("nothing to say");
  PW_TRY_ASSIGN(const std::string markdown, post.text("markdown", max_characters - ours.characters()));
  const std::string body = with_marker(markdown, ours);
  if (existing == nullptr) return create(conversation, body, ours);
  PW_TRY_ASSIGN(Delivery edited, edit(conversation.api, *existing, body, ours));
  PW_TRY(delete_duplicates(conversation.api, before, ours, existing->comment.id));
  return edited;
}

Result<Delivery> send_pr_comment(const Post& post, const CommentConfig& config) {
  if (config.when == CommentWhen::never) return skipped("switched off");
  return on_pull_request(post, [&](const Conversation& conversation) {
    auto delivered = deliver(conversation, post, config.when, k_max_characters);
    if (!delivered && delivered.error().what.find("too long") != std::string::npos)
      delivered = deliver(conversation, post, config.when, k_careful_characters);
    return delivered;
  });
}

}  // namespace

extern const Notifier k_notifier_pr_comment{"pr-comment", "keeps one comment on the pull request, edited in place",
                                            "pull-requests: write", Turn::first,
                                            send_with<&PublishConfig::comment, send_pr_comment>};

}  // namespace perfwarden::publish
