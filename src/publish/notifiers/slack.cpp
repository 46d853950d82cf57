#include <fmt/format.h>

#include "base/text.hpp"
#include "json/write.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

using Json = nlohmann::json;

constexpr Route k_slack{"slack", "PERFWARDEN_SLACK_WEBHOOK"};
constexpr std::size_t k_header_characters = 150, k_section_characters = 3000;  // of Slack's blocks

// Plain text, in which Slack looks for no mention, link or mark-up.
Json plain(std::string_view text, std::size_t limit) {
  return {{"type", "plain_text"}, {"text", std::string(text::first_code_points(text, limit))}, {"emoji", false}};
}

Result<Delivery> send_slack(const Post& post, const SlackConfig& config) {
  return tell(post, k_slack, config.telling, [&](const News& news) -> Result<Delivery> {
    PW_TRY_ASSIGN(const std::string text, news.text(post, k_section_characters));
    const std::size_t end = text.find('\n');
    const std::string_view title = std::string_view(text).substr(0, end);
    const std::string_view rest = text::trim(std::string_view(text).substr(std::min(text.size(), end)));
    Json blocks = Json::array();
    blocks.push_back(Json{{"type", "header"}, {"text", plain(title, k_header_characters)}});
    if (!rest.empty()) blocks.push_back(Json{{"type", "section"}, {"text", plain(rest, k_section_characters)}});
    // What notifications show; there "<", ">" and "&" begin mark-up.
    const std::string fallback = text::escape_html(text::first_code_points(title, k_header_characters));
    return post_json(post, k_slack,
                     {.url = news.secret, .body = json::dump(Json{{"text", fallback}, {"blocks", blocks}})});
  });
}

}  // namespace

extern const Notifier k_notifier_slack{"slack",
                                       "a message to a channel of Slack",
                                       "PERFWARDEN_SLACK_WEBHOOK",
                                       Turn::first,
                                       send_with<&PublishConfig::slack, send_slack>,
                                       true};

}  // namespace perfwarden::publish
