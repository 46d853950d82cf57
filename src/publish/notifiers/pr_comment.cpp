#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "publish/access.hpp"
#include "publish/notifier.hpp"
#include "publish/section.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_max_characters = 65'000;  // GitHub refuses more than 65 536

// The one to write to: the oldest of our job's comments. Everybody keeps that one, so all agree.
const OwnComment* of_our_job(const std::vector<OwnComment>& comments, const Marker& ours) {
  const auto found = std::find_if(comments.begin(), comments.end(), [&](const OwnComment& comment) {
    return comment.sections.front().marker.key == ours.key;
  });
  return found == comments.end() ? nullptr : &*found;
}

// Two runs may have created one each at the same time.
Status delete_duplicates(Session& session, const std::vector<OwnComment>& comments, std::int64_t keep) {
  for (const OwnComment& comment : comments)
    if (comment.id != keep && comment.sections.front().marker.key == session.marker().key)
      PW_TRY(session.api().delete_comment(comment.id));
  return Nothing{};
}

// The comment is read once more: another job may have written its section since it was listed.
Result<Delivery> edit(Session& session, const Post& post, std::int64_t id, std::size_t max_characters) {
  PW_TRY_ASSIGN(const std::optional<github::Comment> now, session.api().comment(id));
  if (!now) return skipped(fmt::format("comment {} was deleted meanwhile", id));
  std::vector<Section> before = read_sections(now->body);
  const bool overtaken = std::any_of(before.begin(), before.end(), [&](const Section& section) {
    return session.marker().older_than(section.marker);
  });
  if (overtaken) return skipped(fmt::format("comment {} is from a later run", id));
  PW_TRY_ASSIGN(const std::string body, body_with(post, session.marker(), before, max_characters));
  if (github::same_text(now->body, body)) return skipped(fmt::format("comment {} says the same already", id));
  const bool folded =
      std::any_of(before.begin(), before.end(), [](const Section& section) { return section.marker.old; });
  PW_TRY(session.api().update_comment(id, body));
  if (folded) (void)session.api().unminimize_comment(now->node_id).has_value();  // what counts is written
  return sent(fmt::format("updated comment {}", id));
}

Result<Delivery> create(Session& session, const Post& post, std::size_t max_characters) {
  PW_TRY_ASSIGN(const std::string body, body_with(post, session.marker(), {}, max_characters));
  PW_TRY_ASSIGN(const github::Comment created, session.api().create_comment(session.pull_request(), body));
  session.wrote(created);
  PW_TRY_ASSIGN(const std::vector<OwnComment> now, session.own_comments());
  const OwnComment* oldest = of_our_job(now, session.marker());
  if (oldest == nullptr || oldest->id == created.id) {
    PW_TRY(delete_duplicates(session, now, created.id));
    return sent(fmt::format("created comment {}", created.id));
  }
  PW_TRY_ASSIGN(Delivery edited, edit(session, post, oldest->id, max_characters));
  PW_TRY(delete_duplicates(session, now, oldest->id));
  return edited;
}

// What another job said about an earlier commit is folded away until that job writes again; a job that no longer exists
// never does. GitHub does not say which comments are folded, so the marker does. Where this fails, nothing is lost.
void fold_old(Session& session, const std::vector<OwnComment>& comments) {
  constexpr int k_most = 5;  // in one run
  int folded = 0;
  for (const OwnComment& comment : comments) {
    std::vector<Section> sections = comment.sections;
    const Marker& theirs = sections.front().marker;
    const bool is_old = theirs.key != session.marker().key && theirs.head != session.marker().head && !theirs.old;
    if (!is_old || folded++ == k_most) continue;
    for (Section& section : sections) {
      section.marker.old = true;
      section.marker.fails = false;
    }
    if (!session.api().minimize_comment(comment.node_id)) return;
    if (!session.api().update_comment(comment.id, write_sections(sections, "", k_max_characters))) return;
  }
}

Result<Delivery> deliver(Session& session, const Post& post, CommentWhen when, std::size_t max_characters) {
  PW_TRY_ASSIGN(const std::vector<OwnComment> before, session.own_comments());
  const OwnComment* existing = of_our_job(before, session.marker());
  fold_old(session, before);
  if (existing == nullptr && !has_something_to_say(post.report, when)) return skipped("nothing to say");
  if (existing == nullptr) return create(session, post, max_characters);
  PW_TRY_ASSIGN(Delivery edited, edit(session, post, existing->id, max_characters));
  PW_TRY(delete_duplicates(session, before, existing->id));
  return edited;
}

Result<Delivery> send_pr_comment(const Post& post, const CommentConfig& config) {
  if (config.when == CommentWhen::never) return skipped("switched off");
  return on_pull_request(post, [&](Session& session) {
    auto delivered = deliver(session, post, config.when, k_max_characters);
    if (!delivered && session.api().refused() == github::Refusal::invalid)
      delivered = deliver(session, post, config.when, k_careful_characters);
    return delivered;
  });
}

}  // namespace

extern const Notifier k_notifier_pr_comment{"pr-comment", "keeps one comment on the pull request, edited in place",
                                            "pull-requests: write", Turn::first,
                                            send_with<&PublishConfig::comment, send_pr_comment>};

}  // namespace perfwarden::publish
