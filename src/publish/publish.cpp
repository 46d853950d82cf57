#include <exception>
#include <initializer_list>

#include "net/bounded_client.hpp"
#include "publish/access.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

Delivery failed(const Error& error) {
  std::string note = error.where.empty() ? error.what : error.where + ": " + error.what;
  if (!error.hint.empty()) note += "; " + error.hint;
  return {.state = Delivery::State::failed, .note = std::move(note)};
}

// A notifier that throws must not stop the others.
Delivery send_safely(const Notifier& notifier, const Post& post, const PublishConfig& config) {
  try {
    Result<Delivery> delivery = notifier.send(post, config);
    return delivery ? *std::move(delivery) : failed(delivery.error());
  } catch (const std::exception& exception) {
    return {.state = Delivery::State::failed, .note = std::string("internal error: ") + exception.what()};
  }
}

}  // namespace

std::vector<Delivery> publish_all(Post given, const PublishConfig& config, std::span<const Notifier* const> rows) {
  const auto now_s = [&] { return given.clock.monotonic_s(); };
  net::BoundedClient whole(given.http, now_s, k_publishing_s);
  net::BoundedClient share(whole, now_s, k_publishing_s);
  Post post{given.report,  given.templates, given.report_directory, given.environment,  share,        given.clock,
            given.console, given.of_branch, given.persistent,       given.acknowledged, given.memory, given.digest};
  open_session(post);
  std::vector<Delivery> deliveries(rows.size());
  for (const Turn turn : {Turn::first, Turn::after_refusals}) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i]->turn != turn) continue;
      if (!post.digest.empty() && !rows[i]->tells_digests) {
        deliveries[i] = skipped("");
        deliveries[i].notifier = rows[i]->name;
        continue;
      }
      share.restart(whole.remaining_s() / 2);  // one that hangs leaves time for the others
      deliveries[i] = send_safely(*rows[i], post, config);
      deliveries[i].notifier = rows[i]->name;
      if (deliveries[i].state == Delivery::State::refused) post.refusals.push_back(deliveries[i]);
    }
  }
  return deliveries;
}

}  // namespace perfwarden::publish
