#include "github/override.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "github/run_context.hpp"

namespace perfwarden::github {
namespace {

constexpr std::string_view k_accept = "perfwarden: accept";
constexpr std::string_view k_override = "perf-override:";
constexpr std::size_t k_longest_reason = 300;

std::string tidy(std::string_view reason) {
  while (!reason.empty() && (reason.front() == ':' || reason.front() == '-' || reason.front() == ',' ||
                             reason.front() == ' ' || reason.front() == '\t'))
    reason.remove_prefix(1);
  const std::string line = text::one_line(reason);
  return text::truncate(text::trim(line), k_longest_reason);
}

bool may_override(std::string_view login, const OverrideConfig& config) {
  return config.allow.empty() || std::any_of(config.allow.begin(), config.allow.end(), [&](const std::string& allowed) {
           return text::lower(allowed) == text::lower(login);
         });
}

// Whether the label was set on the head that this run is about.
bool is_of_this_head(const LabelEvent& label, const RunContext& context, const PullRequest& now) {
  if (now.head_sha != context.head_sha) return false;
  if (text::lower(context.label_added) == text::lower(label.label)) return true;
  return is_utc_second(label.time) && is_utc_second(context.head_since) && label.time >= context.head_since;
}

}  // namespace

std::string reason_in(std::string_view text, bool is_comment) {
  text = text::trim(text);
  if (is_comment && text::lower(text.substr(0, k_accept.size())) == k_accept) {
    const std::string_view rest = text.substr(k_accept.size());
    // "perfwarden: accepting that …" is not an acceptance.
    if (rest.empty() || std::string_view(" \t\r\n:-,").find(rest.front()) != std::string_view::npos) return tidy(rest);
  }
  for (const std::string_view line : text::lines(text)) {
    const std::string_view trimmed = text::trim(line);
    if (text::lower(trimmed.substr(0, k_override.size())) == k_override) return tidy(trimmed.substr(k_override.size()));
  }
  return "";
}

Result<FoundOverride> find_override(Api& api, const RunContext& context, const OverrideConfig& config) {
  FoundOverride found;
  const std::int64_t number = context.pull_request;
  if (config.label.empty()) return found;
  PW_TRY_ASSIGN(const std::vector<LabelEvent> events, api.label_events(number));
  const auto last = std::find_if(events.rbegin(), events.rend(), [&](const LabelEvent& event) {
    return text::lower(event.label) == text::lower(config.label);
  });
  if (last == events.rend() || !last->added) return found;
  const std::string actor = last->actor;
  const std::string shown = text::one_line(actor);
  if (actor.empty() || !may_override(actor, config)) {
    found.why_not = fmt::format("label '{}' was set by {}, who is not in `overrides: allow`", config.label,
                                actor.empty() ? "an account that is gone" : shown);
    return found;
  }
  PW_TRY_ASSIGN(const PullRequest pull_request, api.pull_request(number));
  if (!is_of_this_head(*last, context, pull_request)) {
    found.why_not = fmt::format(
        "label '{}' was set by {}{}, and nothing shows that {} was the head then: what is pushed after the label is "
        "not "
        "covered by it; take the label off, set it again and run the check again",
        config.label, shown, last->time.empty() ? "" : " at " + text::one_line(last->time),
        context.head_sha.empty() ? "what is checked out" : context.head_sha.substr(0, 10));
    return found;
  }
  PW_TRY_ASSIGN(const std::vector<Comment> comments, api.comments(number));
  for (auto comment = comments.rbegin(); comment != comments.rend() && found.reason.empty(); ++comment)
    if (text::lower(comment->author) == text::lower(actor)) found.reason = reason_in(comment->body, true);
  if (found.reason.empty()) found.reason = reason_in(pull_request.body, false);
  if (found.reason.empty() && config.require_reason) {
    found.why_not = fmt::format(
        "label '{}' was set by {} without a reason; comment `perfwarden: accept <why>` and run the check again",
        config.label, shown);
    return found;
  }
  found.by = actor;
  return found;
}

}  // namespace perfwarden::github
