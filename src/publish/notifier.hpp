#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/report.hpp"
#include "net/http_client.hpp"
#include "os/clock.hpp"
#include "os/console.hpp"

namespace perfwarden::publish {

// What a notifier gets. Texts were rendered before; a notifier words nothing.
struct Post {
  const Report& report;
  const ReportConfig& config;
  std::string token;             // empty: none given
  std::string comment_markdown;  // at most 60 000 characters
  std::string summary_markdown;  // at most 1 MiB
  std::string report_directory;  // for the outputs
  net::HttpClient& http;
  os::Clock& clock;
  os::Console& console;
};

// What became of it. `skipped` is not a failure: a fork, no token, nothing to say.
struct Delivery {
  std::string notifier;
  enum class State { sent, skipped, failed } state = State::sent;
  std::string note;     // why skipped or failed, with the cure; or what was done
  bool denied = false;  // skipped because the token may not write (none, a fork's, 403): publish_all says so once
};
[[nodiscard]] std::string_view name_of(Delivery::State state);  // "sent", "skipped", "failed"

// A Notifier is one row of publish/notifiers.
struct Notifier {
  std::string_view name;  // "pr-comment", "label", "step-summary", "outputs", "annotations"
  std::string_view summary;
  std::string_view permission;  // what GITHUB_TOKEN must be allowed: "pull-requests: write"; empty = nothing
  Delivery (*send)(const Post& post);
};

// Generated from the file names in publish/notifiers; sorted by name.
[[nodiscard]] std::span<const Notifier* const> notifiers();

// Sends by every notifier; a failure of one never stops the others and never changes the verdict.
// When pr-comment or label could not write for lack of permission, annotations carry the findings
// instead, and one line says why. Deliveries in the order of notifiers().
[[nodiscard]] std::vector<Delivery> publish_all(const Post& post);

}  // namespace perfwarden::publish
