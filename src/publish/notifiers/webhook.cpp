#include <fmt/format.h>

#include <cmath>

#include "base/hash.hpp"
#include "base/sha256.hpp"
#include "json/write.hpp"
#include "os/clock.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr Route k_webhook{"webhook", "PERFWARDEN_WEBHOOK_SECRET"};
constexpr std::size_t k_regressions = 100;

Ordered json_of(const Regression& one) {
  const SeriesId& id = one.series();
  Ordered out{{"key", one.key()}, {"suite", id.suite}, {"benchmark", id.benchmark}, {"metric", id.metric}};
  if (one.comparison != nullptr) {
    out["change_percent"] = json::number((one.comparison->ratio - 1) * 100);
    out["confidence"] = one.comparison->confidence ? Ordered(name_of(*one.comparison->confidence)) : Ordered(nullptr);
  }
  if (one.finding != nullptr) {
    out["rule"] = one.finding->rule;
    out["level"] = name_of(one.finding->level);
    out["reason"] = one.finding->reason;
  }
  if (one.persistence != nullptr) {
    out["change_percent"] = json::number(one.persistence->worse_by * 100);
    out["since"] = one.persistence->bad;
    out["runs"] = one.persistence->runs;
  }
  return out;
}

std::string body_of(const Post& post, const News& news) {
  if (!post.digest.empty())
    return json::dump(Ordered{{"schema", "perfwarden.digest/1"},
                              {"time", os::rfc3339(post.clock.unix_s())},
                              {"repository", post.report.context.repository},
                              {"text", post.digest}});
  const Report& report = post.report;
  const RunContext& context = report.context;
  Ordered body{{"schema", "perfwarden.event/1"},
               {"time", os::rfc3339(post.clock.unix_s())},
               {"repository", context.repository},
               {"project", report.project},
               {"commit", report.head.run.commit},
               {"branch", report.head.run.branch},
               {"pull_request", context.pull_request},
               {"run_url", context.run_url()},
               {"verdict", name_of(report.verdict.conclusion)},
               {"mode", name_of(report.mode)},
               {"regressions", Ordered::array()},
               {"more_regressions", news.regressions.size() - std::min(news.regressions.size(), k_regressions)}};
  for (std::size_t i = 0; i < std::min(news.regressions.size(), k_regressions); ++i)
    body["regressions"].push_back(json_of(news.regressions[i]));
  return json::dump(body);
}

Result<Delivery> send_webhook(const Post& post, const WebhookConfig& config) {
  return tell(post, k_webhook, config.telling, [&](const News& news) -> Result<Delivery> {
    const std::string body = body_of(post, news);
    return post_json(post, k_webhook,
                     {.url = config.url,
                      .headers = {{"X-Perfwarden-Signature-256", "sha256=" + hmac_sha256(news.secret, body)},
                                  {"X-Perfwarden-Delivery", hex16(fnv1a(body))}},
                      .body = body});
  });
}

}  // namespace

extern const Notifier k_notifier_webhook{
    "webhook",   "JSON for a program of yours, signed with HMAC-SHA-256", "PERFWARDEN_WEBHOOK_SECRET",
    Turn::first, send_with<&PublishConfig::webhook, send_webhook>,        true};

}  // namespace perfwarden::publish
