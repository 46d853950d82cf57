#include "publish/access.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_color = "d93f0b";
constexpr std::string_view k_description = "perfwarden: a benchmark is worse than its budget allows";

Result<Delivery> set(Session& session, const std::string& label) {
  // Only for its colour and description, which setting an unknown label makes up: a token that may not create labels,
  // or a server that refuses one that exists in words of its own, still sets it.
  (void)session.api().create_label(label, std::string(k_color), std::string(k_description)).has_value();
  PW_TRY(session.api().add_label(session.pull_request(), label));
  return sent("set '" + label + "'");
}

Result<Delivery> take_off(Session& session, const std::string& label) {
  PW_TRY_ASSIGN(const bool was_set, session.api().remove_label(session.pull_request(), label));
  return sent(was_set ? "took off '" + label + "'" : "'" + label + "' is not set");
}

// Doubt changes nothing: a label that an earlier run set for good reason stays, and none is set.
bool is_undecided(Conclusion conclusion) {
  return conclusion == Conclusion::inconclusive || conclusion == Conclusion::no_baseline ||
         conclusion == Conclusion::skipped;
}

// Whether another job, or another step of this one, says of the same head that it fails. The label is theirs too.
Result<bool> another_fails(Session& session) {
  PW_TRY_ASSIGN(const std::vector<OwnComment> comments, session.own_comments());
  const Marker& ours = session.marker();
  for (const OwnComment& comment : comments)
    for (const Section& section : comment.sections) {
      const Marker& theirs = section.marker;
      const bool replaced = theirs.key == ours.key && (theirs.part == ours.part || !theirs.same_run(ours));
      if (theirs.fails && theirs.head == ours.head && !replaced) return true;
    }
  return false;
}

Result<Delivery> send_label(const Post& post, const LabelConfig& config) {
  if (config.name.empty()) return skipped("switched off");
  if (is_undecided(post.report.verdict.conclusion)) return skipped("undecided, so the label stays as it is");
  return on_pull_request(post, [&](Session& session) -> Result<Delivery> {
    if (fails(post.report)) return set(session, config.name);
    PW_TRY_ASSIGN(const bool stays, another_fails(session));
    return stays ? skipped("another job of this commit fails, so the label stays") : take_off(session, config.name);
  });
}

}  // namespace

extern const Notifier k_notifier_label{
    "label", "sets a label on the pull request while the check fails, and removes it afterwards",
    "pull-requests: write", Turn::first, send_with<&PublishConfig::label, send_label>};

}  // namespace perfwarden::publish
