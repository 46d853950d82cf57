#include "base/text.hpp"
#include "json/write.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

using Json = nlohmann::json;

constexpr Route k_teams{"teams", "PERFWARDEN_TEAMS_WEBHOOK"};
constexpr std::size_t k_card_characters = 6000;  // a card holds 28 KB

// A text run, in which Teams looks for no Markdown.
Json line_of(std::string_view line, bool title) {
  Json run{{"type", "TextRun"}, {"text", std::string(line)}};
  if (title) run["weight"] = "Bolder";
  Json inlines = Json::array();
  inlines.push_back(run);
  return {{"type", "RichTextBlock"}, {"inlines", inlines}};
}

Result<Delivery> send_teams(const Post& post, const TeamsConfig& config) {
  return tell(post, k_teams, config.telling, [&](const News& news) -> Result<Delivery> {
    PW_TRY_ASSIGN(const std::string text, news.text(post, k_card_characters));
    Json body = Json::array();
    for (const std::string_view line : text::lines(text)) body.push_back(line_of(line, body.empty()));
    Json card{{"type", "AdaptiveCard"},
              {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
              {"version", "1.4"},
              {"body", body}};
    if (const std::string run = post.report.context.run_url(); !run.empty())
      card["actions"].push_back(Json{{"type", "Action.OpenUrl"}, {"title", "Open the run"}, {"url", run}});
    Json message{{"type", "message"}, {"attachments", Json::array()}};
    message["attachments"].push_back(
        Json{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", card}});
    return post_json(post, k_teams, {.url = news.secret, .body = json::dump(message)});
  });
}

}  // namespace

extern const Notifier k_notifier_teams{
    "teams",     "a card to a channel of Microsoft Teams",     "PERFWARDEN_TEAMS_WEBHOOK",
    Turn::first, send_with<&PublishConfig::teams, send_teams>, true};

}  // namespace perfwarden::publish
