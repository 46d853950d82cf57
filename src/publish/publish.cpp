#include <array>
#include <exception>

#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_annotations = "annotations";

// One notifier's accident is its own.
Delivery send_safely(const Notifier& notifier, const Post& post) {
  try {
    return notifier.send(post);
  } catch (const std::exception& exception) {
    return {std::string(notifier.name), Delivery::State::failed, std::string("internal error: ") + exception.what(),
            false};
  }
}

void say_why_not_written(const Post& post, const std::vector<Delivery>& deliveries) {
  for (const Delivery& delivery : deliveries) {
    if (!delivery.denied) continue;
    const std::array notice{github::Annotation{
        github::Annotation::Level::notice, "", 0, "perfwarden",
        "Nothing was written to the pull request: " + delivery.note +
            ". The findings are annotations here and the report is in the job summary; the verdict is the same."}};
    post.console.err(github::annotations(notice));
    return;
  }
}

}  // namespace

std::string_view name_of(Delivery::State state) {
  constexpr std::array<std::string_view, 3> k_names{"sent", "skipped", "failed"};
  return k_names[static_cast<std::size_t>(state)];
}

std::vector<Delivery> publish_all(const Post& post) {
  // Annotations come last: the runner keeps the first ten notices of a step, and why nothing was
  // written is one a person must see.
  std::vector<Delivery> deliveries(notifiers().size());
  for (std::size_t i = 0; i < notifiers().size(); ++i)
    if (notifiers()[i]->name != k_annotations) deliveries[i] = send_safely(*notifiers()[i], post);
  say_why_not_written(post, deliveries);
  for (std::size_t i = 0; i < notifiers().size(); ++i)
    if (notifiers()[i]->name == k_annotations) deliveries[i] = send_safely(*notifiers()[i], post);
  return deliveries;
}

}  // namespace perfwarden::publish
