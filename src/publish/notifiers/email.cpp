#include <fmt/format.h>

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "publish/mail_text.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr Route k_email{"email", "PERFWARDEN_SMTP_PASSWORD"};
constexpr std::size_t k_mail_characters = 20'000;

Result<Delivery> send_email(const Post& post, const EmailConfig& config) {
  return tell(post, k_email, config.telling, [&](const News& news) -> Result<Delivery> {
    PW_TRY_ASSIGN(const std::string text, news.text(post, k_mail_characters));
    const Letter letter{config.from, config.to, text.substr(0, text.find('\n')), text, post.clock.unix_s()};
    net::Mail mail;
    mail.server = config.server;
    mail.user = config.user.empty() ? config.from : config.user;
    mail.password = news.secret;
    mail.from = config.from;
    mail.to = config.to;
    mail.text = write_mail(letter);
    PW_TRY_ASSIGN(const long reply, post.http.mail(mail));
    if (reply / 100 == 2)
      return sent(fmt::format("to {} address{}", config.to.size(), config.to.size() == 1 ? "" : "es"));
    if (reply == 530 || reply == 534 || reply == 535)
      return refused(fmt::format("the mail server refused the login ({}); check {}", reply, k_email.variable));
    return Error{.kind = ErrorKind::network, .what = fmt::format("the mail server answered {}", reply)};
  });
}

}  // namespace

extern const Notifier k_notifier_email{
    "email",     "a mail, by your mail server over TLS",       "PERFWARDEN_SMTP_PASSWORD",
    Turn::first, send_with<&PublishConfig::email, send_email>, true};

}  // namespace perfwarden::publish
