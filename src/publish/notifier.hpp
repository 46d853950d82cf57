#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "publish/post.hpp"

namespace perfwarden::publish {

// When a notifier is sent. A substitute for refused notifiers comes after them.
enum class Turn { first, after_refusals };

// A Notifier is one row of publish/notifiers.
struct Notifier {
  std::string_view name;  // "pr-comment", "label", "step-summary", "outputs", "annotations"
  std::string_view summary;
  // What the workflow must give: a permission of GitHub's token ("pull-requests: write"), or the variable of a secret
  // ("PERFWARDEN_SLACK_WEBHOOK"); empty = nothing.
  std::string_view needs;
  Turn turn;
  // An Error is a failed delivery. `config` has a block for each notifier that can be configured; see send_with.
  Result<Delivery> (*send)(const Post& post, const PublishConfig& config);
  bool tells_digests = false;  // a message for people, and not something about one commit
};

// A row's `send`, made from a function that sees only its own block of the config:
// send_with<&PublishConfig::label, send_label>.
template <auto block, auto send>
Result<Delivery> send_with(const Post& post, const PublishConfig& config) {
  return send(post, config.*block);
}

// Generated from the file names in publish/notifiers; sorted by name.
[[nodiscard]] std::span<const Notifier* const> notifiers();

// All notifiers together; whatever hangs, a run ends.
inline constexpr double k_publishing_s = 60;

// Sends by every row; one that fails, throws or hangs never stops the others, and none changes the verdict. Returns the
// deliveries in the order of the rows. A digest goes to those rows only that tell digests.
[[nodiscard]] std::vector<Delivery> publish_all(Post post, const PublishConfig& config,
                                                std::span<const Notifier* const> rows = notifiers());

}  // namespace perfwarden::publish
