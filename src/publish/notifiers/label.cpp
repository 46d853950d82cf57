#include "publish/access.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_label_name = "label";
constexpr std::string_view k_color = "d93f0b";
constexpr std::string_view k_description = "perfwarden: a benchmark is worse than its budget allows";

Delivery done(std::string note) {
  return {std::string(k_label_name), Delivery::State::sent, std::move(note), false};
}

Delivery set(github::Api& api, const Post& post) {
  const std::string& label = post.config.label;
  // Only for its colour and description, which setting an unknown label would make up; a token that
  // may not create labels may still set them.
  if (const auto created = api.create_label(label, std::string(k_color), std::string(k_description));
      !created && !api.denied())
    return delivery_of(created.error(), false, k_label_name);
  if (const auto added = api.add_label(post.report.context.pull_request, label); !added)
    return delivery_of(added.error(), api.denied(), k_label_name);
  return done("set '" + label + "'");
}

Delivery take_off(github::Api& api, const Post& post) {
  const auto removed = api.remove_label(post.report.context.pull_request, post.config.label);
  if (!removed) return delivery_of(removed.error(), api.denied(), k_label_name);
  return done(*removed ? "took off '" + post.config.label + "'" : "'" + post.config.label + "' is not set");
}

// Doubt changes nothing: a label that an earlier run set for good reason stays, and none is set.
bool is_undecided(Conclusion conclusion) {
  return conclusion == Conclusion::inconclusive || conclusion == Conclusion::no_baseline ||
         conclusion == Conclusion::skipped;
}

Delivery send_label(const Post& post) {
  if (post.config.label.empty()) return {std::string(k_label_name), Delivery::State::skipped, "switched off", false};
  if (auto why_not = cannot_write(post, k_label_name)) return *std::move(why_not);
  const Verdict& verdict = post.report.verdict;
  if (is_undecided(verdict.conclusion))
    return {std::string(k_label_name), Delivery::State::skipped, "undecided, so the label stays as it is", false};
  github::Api api(post.http, post.clock, access_of(post));
  const bool fails = verdict.conclusion == Conclusion::fail && post.report.mode == Mode::enforce;
  return fails ? set(api, post) : take_off(api, post);
}

}  // namespace

extern const Notifier k_notifier_label{"label",
                                       "sets a label on the pull request while the check fails, and takes it off again",
                                       "pull-requests: write", send_label};

}  // namespace perfwarden::publish
