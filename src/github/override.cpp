#include "github/override.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "github/people.hpp"
#include "os/clock.hpp"

namespace perfwarden::github {
namespace {

constexpr std::string_view k_accept = "perfwarden: accept";
constexpr std::string_view k_override = "perf-override:";
constexpr std::string_view k_command = "/perfwarden accept";
constexpr std::size_t k_longest_reason = 300, k_longest_glob = 200, k_most_commands = 10;
constexpr std::ptrdiff_t k_most_comments = 20;  // the newest ones
constexpr std::string_view k_form = "it needs a glob of benchmarks and a reason: /perfwarden accept <glob> <why>";

// Between two clocks of GitHub's about one push.
constexpr std::int64_t k_same_push_s = 10;

std::string tidy(std::string_view reason) {
  while (!reason.empty() && (reason.front() == ':' || reason.front() == '-' || reason.front() == ',' ||
                             reason.front() == ' ' || reason.front() == '\t'))
    reason.remove_prefix(1);
  const std::string line = text::one_line(reason);
  return text::truncate(text::trim(line), k_longest_reason);
}

bool is_everything(std::string_view glob) {
  return glob == "*" || glob == "**";
}

bool is_separator(char c) {
  return std::string_view(" \t\r\n:-,").find(c) != std::string_view::npos;
}

bool is_listed(std::string_view login, const std::vector<std::string>& logins) {
  return std::any_of(logins.begin(), logins.end(),
                     [&](const std::string& one) { return text::lower(one) == text::lower(login); });
}

// What follows the command in a line that begins with it.
std::optional<std::string_view> after_command(std::string_view line) {
  line = text::trim(line);
  if (text::lower(line.substr(0, k_command.size())) != k_command) return std::nullopt;
  line.remove_prefix(k_command.size());
  if (!line.empty() && line.front() != ' ' && line.front() != '\t') return std::nullopt;
  return text::trim(line);
}

AcceptCommand command_of(std::string_view rest) {
  const std::size_t end = rest.find_first_of(" \t");
  std::string_view glob = rest.substr(0, end);
  while (!glob.empty() && std::string_view("`'\"").find(glob.front()) != std::string_view::npos) glob.remove_prefix(1);
  while (!glob.empty() && std::string_view("`'\"").find(glob.back()) != std::string_view::npos) glob.remove_suffix(1);
  return {text::truncate(text::one_line(glob), k_longest_glob),
          end == std::string_view::npos ? "" : std::string(rest.substr(end))};
}

// A Search is one look at a pull request; what it needs is asked for once.
class Search {
 public:
  Search(Api& api, const RunContext& context, const OverrideConfig& config, std::int64_t now_s)
      : api_(api), context_(context), config_(config), now_s_(now_s) {}

  Status look_at_label();
  Status look_at_comments();
  FoundOverrides found;

 private:
  Status read();
  Result<std::string> why_not_of_this_head(const std::string& time);
  Result<std::string> why_label_does_not_count(const PullRequestEvent& label);
  Result<std::string> why_comment_does_not_count(const Comment& comment);
  std::string label_reason(const std::string& actor) const;
  [[nodiscard]] bool is_expired(const std::string& time) const;

  Api& api_;
  const RunContext& context_;
  const OverrideConfig& config_;
  const std::int64_t now_s_;
  std::vector<PullRequestEvent> events_;
  std::vector<Comment> comments_;
  std::optional<PullRequest> now_;
  std::map<std::string, std::string> why_may_not_;  // by login
};

bool Search::is_expired(const std::string& time) const {
  const auto then = os::read_rfc3339(time);
  return then && static_cast<double>(now_s_ - *then) > config_.expires_s;
}

Result<std::string> Search::why_not_of_this_head(const std::string& time) {
  if (!now_) {
    PW_TRY_ASSIGN(now_, api_.pull_request(context_.pull_request));
  }
  const auto then = os::read_rfc3339(time), since = os::read_rfc3339(context_.head_since);
  const bool rewritten = std::any_of(events_.begin(), events_.end(), [&](const PullRequestEvent& event) {
    const auto pushed = os::read_rfc3339(event.time);
    return event.kind == PullRequestEvent::Kind::force_pushed && pushed && since && *pushed > *since + k_same_push_s;
  });
  if (now_->head_sha == context_.head_sha && then && since && *then >= *since && !rewritten) return std::string();
  return fmt::format("nothing shows that {} was the head then: what is pushed afterwards is not covered by it",
                     context_.head_sha.empty() ? "what is checked out" : context_.head_sha.substr(0, 10));
}

std::string Search::label_reason(const std::string& actor) const {
  for (auto comment = comments_.rbegin(); comment != comments_.rend(); ++comment) {
    if (text::lower(comment->author) != text::lower(actor)) continue;
    if (std::string reason = reason_in(comment->body, true); !reason.empty()) return reason;
  }
  return reason_in(now_->body, false);
}

Result<std::string> Search::why_label_does_not_count(const PullRequestEvent& label) {
  const std::string shown = text::one_line(label.actor);
  const std::string set_by = fmt::format("label '{}' was set by {}", config_.label, shown);
  const bool anybody = config_.allow.empty() && config_.team.empty();
  bool allowed = !label.actor.empty() && (anybody || is_listed(label.actor, config_.allow));
  if (!allowed && !label.actor.empty() && !config_.team.empty()) {
    PW_TRY_ASSIGN(allowed, is_in_team(api_, config_.team, label.actor));
  }
  if (!allowed)
    return fmt::format("label '{}' was set by {}, who is not in `overrides: {}`", config_.label,
                       label.actor.empty() ? "an account that is gone" : shown,
                       config_.team.empty() ? "allow" : "team");
  PW_TRY_ASSIGN(const std::string of_other_head, why_not_of_this_head(label.time));
  const bool of_this_event = !label.label.empty() && text::lower(context_.label_added) == text::lower(label.label);
  if (!of_other_head.empty() && (!of_this_event || now_->head_sha != context_.head_sha))
    return fmt::format("{}{}, and {}; take the label off, set it again and run the check again", set_by,
                       label.time.empty() ? "" : " at " + text::one_line(label.time), of_other_head);
  if (is_expired(label.time))
    return fmt::format("{} more than {:.0f} days ago; take the label off and set it again", set_by,
                       config_.expires_s / 86'400);
  if (config_.require_reason && label_reason(label.actor).empty())
    return fmt::format("{} without a reason; comment `perfwarden: accept <why>` and run the check again", set_by);
  return std::string();
}

Status Search::look_at_label() {
  PW_TRY(read());
  if (config_.label.empty()) return Nothing{};
  const auto last = std::find_if(events_.rbegin(), events_.rend(), [&](const PullRequestEvent& event) {
    return event.kind != PullRequestEvent::Kind::force_pushed && text::lower(event.label) == text::lower(config_.label);
  });
  if (last == events_.rend() || last->kind == PullRequestEvent::Kind::unlabeled) return Nothing{};
  PW_TRY_ASSIGN(std::string why, why_label_does_not_count(*last));
  if (why.empty())
    found.accepted.push_back({last->actor, label_reason(last->actor)});
  else
    found.why_not.push_back(std::move(why));
  return Nothing{};
}

Result<std::string> Search::why_comment_does_not_count(const Comment& comment) {
  PW_TRY_ASSIGN(const std::string of_other_head, why_not_of_this_head(comment.created));
  if (!of_other_head.empty()) return of_other_head + "; comment again and run the check again";
  if (comment.created != comment.updated) return std::string("the comment was edited; write a new one");
  if (is_expired(comment.created))
    return fmt::format("that was more than {:.0f} days ago; comment again", config_.expires_s / 86'400);
  const auto known = why_may_not_.find(comment.author);
  if (known != why_may_not_.end()) return known->second;
  PW_TRY_ASSIGN(why_may_not_[comment.author], why_may_not(api_, comment, config_));
  return why_may_not_[comment.author];
}

Status Search::look_at_comments() {
  std::vector<const Comment*> commanding;
  for (const Comment& comment : comments_)
    if (!comment.by_bot && !accept_commands(comment.body).empty()) commanding.push_back(&comment);
  if (std::ssize(commanding) > k_most_comments)
    commanding.erase(commanding.begin(), commanding.end() - k_most_comments);
  for (const Comment* comment : commanding) {
    PW_TRY_ASSIGN(const std::string why, why_comment_does_not_count(*comment));
    for (const AcceptCommand& command : accept_commands(comment->body)) {
      const bool is_whole = !command.glob.empty() && !(config_.require_reason && command.reason.empty());
      if (why.empty() && is_whole)
        found.accepted.push_back({comment->author, command.reason, is_everything(command.glob) ? "" : command.glob});
      else
        found.why_not.push_back(fmt::format("`{} {}` by {} does not count: {}", k_command, command.glob,
                                            text::one_line(comment->author), why.empty() ? k_form : why));
    }
  }
  return Nothing{};
}

Status Search::read() {
  PW_TRY_ASSIGN(events_, api_.events(context_.pull_request));
  PW_TRY_ASSIGN(comments_, api_.comments(context_.pull_request));
  return Nothing{};
}

}  // namespace

std::string reason_in(std::string_view text, bool is_comment) {
  text = text::trim(text);
  if (is_comment && text::lower(text.substr(0, k_accept.size())) == k_accept) {
    const std::string_view rest = text.substr(k_accept.size());
    // "perfwarden: accepting that …" is not an acceptance.
    if (rest.empty() || is_separator(rest.front())) return tidy(rest);
  }
  for (const std::string_view line : text::lines(text)) {
    const std::string_view trimmed = text::trim(line);
    if (text::lower(trimmed.substr(0, k_override.size())) == k_override) return tidy(trimmed.substr(k_override.size()));
  }
  return "";
}

std::vector<AcceptCommand> accept_commands(std::string_view comment) {
  std::vector<AcceptCommand> out;
  for (const std::string_view line : text::lines(text::trim(comment))) {
    const auto rest = after_command(line);
    if (!rest && out.empty()) return out;
    if (!rest) {
      if (const std::string_view more = text::trim(line); !more.empty()) out.back().reason.append(" ").append(more);
    } else {
      if (out.size() == k_most_commands) break;
      out.push_back(command_of(*rest));
    }
  }
  for (AcceptCommand& command : out) command.reason = tidy(command.reason);
  return out;
}

Result<std::string> why_may_not(Api& api, const Comment& comment, const OverrideConfig& config) {
  if (comment.author.empty()) return std::string("its author's account is gone");
  if (is_listed(comment.author, config.allow)) return std::string();
  if (!config.team.empty()) {
    PW_TRY_ASSIGN(const bool is_member, is_in_team(api, config.team, comment.author));
    return is_member ? std::string()
                     : fmt::format("{} is not in the team {}, as far as the token sees", text::one_line(comment.author),
                                   config.team);
  }
  if (!config.allow.empty()) return fmt::format("{} is not in `overrides: allow`", text::one_line(comment.author));
  // Saves the question about all others; by itself it says nothing about what a person may do.
  const bool belongs =
      comment.association == "OWNER" || comment.association == "MEMBER" || comment.association == "COLLABORATOR";
  if (belongs) {
    PW_TRY_ASSIGN(const std::string permission, permission_of(api, comment.author));
    if (permission == "admin" || permission == "write") return std::string();
  }
  return fmt::format("{} may not write to this repository", text::one_line(comment.author));
}

Result<FoundOverrides> find_overrides(Api& api, const RunContext& context, const OverrideConfig& config,
                                      std::int64_t now_s) {
  Search search(api, context, config, now_s);
  PW_TRY(search.look_at_label());
  PW_TRY(search.look_at_comments());
  return std::move(search.found);
}

}  // namespace perfwarden::github
