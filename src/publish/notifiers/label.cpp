#include "publish/access.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_color = "d93f0b";
constexpr std::string_view k_description = "perfwarden: a benchmark is worse than its budget allows";

Result<Delivery> set(const Conversation& conversation, const std::string& label) {
  // Only for its colour and description, which setting an unknown label would make up; a token that
  // may not create labels may still set them.
  if (auto created = conversation.api.create_label(label, std::string(k_color), std::string(k_description));
      !created && !conversation.api.denied())
    return std::move(created).error();
  PW_TRY(conversation.api.add_label(conversation.number, label));
  return sent("set '" + label + "'");
}

Result<Delivery> take_off(const Conversation& conversation, const std::string& label) {
  PW_TRY_ASSIGN(const bool was_set, conversation.api.remove_label(conversation.number, label));
  return sent(was_set ? "took off '" + label + "'" : "'" + label + "' is not set");
}

// Doubt changes nothing: a label that an earlier run set for good reason stays, and none is set.
bool is_undecided(Conclusion conclusion) {
  return conclusion == Conclusion::inconclusive || conclusion == Conclusion::no_baseline ||
         conclusion == Conclusion::skipped;
}

Result<Delivery> send_label(const Post& post, const LabelConfig& config) {
  if (config.name.empty()) return skipped("switched off");
  return on_pull_request(post, [&](const Conversation& conversation) -> Result<Delivery> {
    const Conclusion conclusion = post.report.verdict.conclusion;
    if (is_undecided(conclusion)) return skipped("undecided, so the label stays as it is");
    const bool broken = conclusion == Conclusion::fail && post.report.mode == Mode::enforce;
    const bool fails = broken || post.report.verdict.counts.failed > 0;
    return fails ? set(conversation, config.name) : take_off(conversation, config.name);
  });
}

}  // namespace

extern const Notifier k_notifier_label{
    "label", "sets a label on the pull request while the check fails, and removes it afterwards",
    "pull-requests: write", Turn::first, send_with<&PublishConfig::label, send_label>};

}  // namespace perfwarden::publish
