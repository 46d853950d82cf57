#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "base/text.hpp"
#include "config/parts.hpp"

// Blocks of `publish:` whose notifiers speak to other services than GitHub. Their secrets are in variables, never here.
namespace perfwarden::config {
namespace {

// A text of which `good` holds.
Type<std::string> checked_text(std::string value, std::string schema, bool (*good)(std::string_view),
                               const std::string& what, const std::string& cure) {
  Type<std::string> type = text_type();
  type.value = std::move(value);
  type.schema = std::move(schema);
  type.read = [good, what, cure](Reader& reader, const Node& node, std::string_view key) {
    auto text = reader.text(node, key);
    if (!text || good(*text)) return text;
    reader.problem(node, fmt::format("'{}' is not {}", text::one_line(*text), what), cure);
    return std::optional<std::string>();
  };
  return type;
}

bool is_visible(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool begins_with_any(std::string_view s, const std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [s](std::string_view one) { return s.starts_with(one) && s.size() > one.size(); });
}

Type<std::string> address_type() {
  return checked_text(
      "`https://…`", R"({"type": "string", "pattern": "^(https://|http://(localhost|127\\.0\\.0\\.1)[:/])[!-~]+$"})",
      [](std::string_view s) {
        return is_visible(s) && begins_with_any(s, {"https://", "http://localhost:", "http://localhost/",
                                                    "http://127.0.0.1:", "http://127.0.0.1/"});
      },
      "an address", "write https://…");
}

Type<std::string> server_type() {
  return checked_text(
      "`smtps://host` or `smtp://host:587`", R"({"type": "string", "pattern": "^smtps?://[!-~]+$"})",
      [](std::string_view s) {
        return is_visible(s) && begins_with_any(s, {"smtps://", "smtp://"});
      },
      "the address of a mail server", "write smtps://smtp.example.com");
}

bool is_mail_address(std::string_view s) {
  const std::size_t at = s.find('@');
  return is_visible(s) && at != std::string_view::npos && at > 0 && at + 1 < s.size() &&
         s.find_first_of("<>,;:\"()[]\\@", at + 1) == std::string_view::npos &&
         s.substr(0, at).find_first_of("<>,;:\"()[]\\") == std::string_view::npos;
}

constexpr std::string_view k_mail_schema =
    R"({"type": "string", "pattern": "^[^\\s<>,;:\"()\\[\\]\\\\@]+@[^\\s<>,;:\"()\\[\\]\\\\@]+$"})";

Type<std::string> mail_type() {
  return checked_text("e-mail address", std::string(k_mail_schema), is_mail_address, "an e-mail address",
                      "write name@example.com");
}

Type<std::vector<std::string>> mails_type() {
  Type<std::vector<std::string>> type = list_type();
  type.value = "list of e-mail addresses";
  type.schema = fmt::format(R"({{"type": "array", "uniqueItems": true, "items": {}}})", k_mail_schema);
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    auto addresses = reader.strings(node, key);
    for (std::size_t i = 0; addresses && i < addresses->size(); ++i) {
      if (is_mail_address((*addresses)[i])) continue;
      reader.problem(node.kind == Node::Kind::sequence ? node.items[i] : node,
                     fmt::format("'{}' is not an e-mail address", text::one_line((*addresses)[i])),
                     "write name@example.com");
      return std::optional<std::vector<std::string>>();
    }
    return addresses;
  };
  return type;
}

template <class B>
Fields<B> with_telling(Fields<B> own) {
  const auto of_telling = [](Field<Telling> field) { return within(&B::telling, std::move(field)); };
  Fields<B> all{
      of_telling(row("tell", &Telling::tell, choice_type<Tell>(), "what is told: broken limits, or every run")),
      of_telling(row("about", &Telling::about, choice_type<TellAbout>(),
                     "runs of the baseline branch, or those of pull requests too")),
      of_telling(row("confidence", &Telling::confidence, choice_type<FailFrom>(),
                     "the lowest confidence of a regression that is told")),
      of_telling(row("after", &Telling::after, integer_type(1, 20),
                     "runs of the branch in a row that must have confirmed a regression before it is told")),
      of_telling(row("escalate", &Telling::escalate, choice_type<Escalate>(),
                     "whether a regression is told at once, or only after somebody has acknowledged an alert about its "
                     "benchmark")
                     .more("see [Alerts](../docs/history.md#alerts)")),
      of_telling(
          row("quiet", &Telling::quiet_s, duration_type(), "the same regression is not told again within that time")
              .preset("`1d`"))};
  all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  return all;
}

// What a notifier that is switched on must know.
template <class B>
void needs(const Section& section, const B& block, const std::initializer_list<std::string_view> keys) {
  if (block.telling.tell == Tell::never) return;
  for (const std::string_view key : keys)
    if (section.find(key) == nullptr && section.find("tell") != nullptr)
      section.reader().problem(*section.find("tell"), fmt::format("'tell' needs '{}'", key),
                               fmt::format("add {}: …, or write tell: never", key));
}

}  // namespace

Field<PublishConfig> slack_field() {
  return mapping<PublishConfig, SlackConfig>("slack", &PublishConfig::slack, with_telling<SlackConfig>({}),
                                             "a message in Slack, to the address in `PERFWARDEN_SLACK_WEBHOOK`");
}

Field<PublishConfig> teams_field() {
  return mapping<PublishConfig, TeamsConfig>("teams", &PublishConfig::teams, with_telling<TeamsConfig>({}),
                                             "a card in Microsoft Teams, to the address in `PERFWARDEN_TEAMS_WEBHOOK`");
}

Field<PublishConfig> webhook_field() {
  using W = WebhookConfig;
  return mapping<PublishConfig, W>("webhook", &PublishConfig::webhook,
                                   with_telling<W>({row("url", &W::url, address_type(), "where to send it")}),
                                   "a JSON text to a program of yours, signed with `PERFWARDEN_WEBHOOK_SECRET`",
                                   [](const Section& section, const W& block) { needs(section, block, {"url"}); });
}

Field<PublishConfig> email_field() {
  using E = EmailConfig;
  return mapping<PublishConfig, E>(
      "email", &PublishConfig::email,
      with_telling<E>(
          {row("server", &E::server, server_type(), "the mail server; always over TLS"),
           row("user", &E::user, text_type(), "who logs in there, with the password in `PERFWARDEN_SMTP_PASSWORD`")
               .preset("as `from`"),
           row("from", &E::from, mail_type(), "the sender"), row("to", &E::to, mails_type(), "the receivers")}),
      "a mail, over TLS", [](const Section& section, const E& block) {
        needs(section, block, {"server", "from", "to"});
      });
}

Field<PublishConfig> jira_field() {
  using J = JiraConfig;
  return mapping<PublishConfig, J>(
      "jira", &PublishConfig::jira,
      with_telling<J>(
          {row("url", &J::url, address_type(), "the Jira site"),
           row("user", &J::user, text_type(),
               "e-mail address of the account whose API token is in `PERFWARDEN_JIRA_TOKEN`; without it the "
               "token is a personal access token"),
           row("project", &J::project, text_type(), "key of the project"),
           row("type", &J::type, text_type(), "type of the ticket")}),
      "a ticket in Jira for each regression", [](const Section& section, const J& block) {
        needs(section, block, {"url", "project"});
      });
}

Field<PublishConfig> issues_field() {
  using I = IssuesConfig;
  return mapping<PublishConfig, I>(
      "issues", &PublishConfig::issues,
      {row("open", &I::open, boolean_type(),
           "whether a regression that three runs of the baseline branch in a row confirm becomes an issue "
           "(`issues: write`); needs `history`"),
       row("label", &I::label, text_type(), "label of the issues, by which they are found again"),
       row("most", &I::most, integer_type(1, 20), "new issues in one run")},
      "an issue for each regression that persists");
}

}  // namespace perfwarden::config
