#include "publish/news.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/retry.hpp"
#include "os/random.hpp"
#include "publish/memory.hpp"
#include "report/page/page.hpp"
#include "report/view/view.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_template = "message.txt.mustache";
constexpr std::size_t k_rows = 10;

const Comparison* comparison_of(const Report& report, const SeriesId& id) {
  const auto found = std::find_if(report.comparisons.begin(), report.comparisons.end(),
                                  [&](const Comparison& one) { return one.id == id; });
  return found == report.comparisons.end() ? nullptr : &*found;
}

bool is_sure_enough(const Regression& one, FailFrom from) {
  return from == FailFrom::medium || one.persistence != nullptr ||
         (one.comparison != nullptr && one.comparison->confidence == Confidence::high);
}

// What this run found, or, where it must have lasted or been acknowledged, what the history knows.
std::vector<Regression> candidates(const Post& post, const Telling& telling) {
  std::vector<Regression> out;
  if (waits(telling)) {
    for (const Persistence& one : post.persistent)
      if (!one.recovered && one.runs >= static_cast<std::size_t>(telling.after))
        out.push_back({nullptr, nullptr, &one});
    return out;
  }
  if (post.report.mode == Mode::observe) return out;
  for (const Finding& finding : post.report.verdict.findings)
    if (finding.level >= Level::soft && !finding.accepted)
      out.push_back({&finding, comparison_of(post.report, finding.series), nullptr});
  return out;
}

std::string key_for(const Route& route, const Regression& one) {
  return hex16(fnv1a(one.key(), fnv1a(route.notifier)));
}

// Why nothing is told of the regressions, which are those that may be; empty when something is.
std::string why_silent(const Post& post, const Route& route, const Telling& telling, const Memory& memory,
                       std::vector<Regression>& regressions) {
  std::erase_if(regressions, [&](const Regression& one) { return !is_sure_enough(one, telling.confidence); });
  if (regressions.empty()) return "no regression to tell";
  if (telling.escalate == Escalate::after_acknowledge) {
    std::erase_if(regressions, [&](const Regression& one) { return !post.acknowledged.contains(one.series()); });
    if (regressions.empty()) return "held back until somebody acknowledges the alert";
  }
  std::erase_if(regressions,
                [&](const Regression& one) { return memory.told_within(key_for(route, one), telling.quiet_s); });
  return regressions.empty() ? "told lately" : "";
}

// ": invalid_blocks". An answer of another form may repeat the address, which is a secret.
std::string code_in(std::string_view body) {
  constexpr std::size_t k_longest = 60;
  body = text::trim(body);
  const bool is_code = !body.empty() && body.size() <= k_longest &&
                       body.find_first_not_of("abcdefghijklmnopqrstuvwxyz_ ") == std::string_view::npos;
  return is_code ? fmt::format(": {}", body) : "";
}

std::string sentence_of(const Persistence& one) {
  return fmt::format("{} is {} worse since {}, in {} runs in a row",
                     report::name_in(report::Medium::plain, one.id.path()), percent(one.worse_by),
                     report::name_in(report::Medium::plain, one.bad.substr(0, 10)), one.runs);
}

Result<std::string> text_of_report(const Post& post, const std::vector<Regression>& regressions) {
  report::ViewOptions options;
  options.top = k_rows;
  options.rows = options.details = options.named = options.profiles = 0;
  const report::Phrases phrases(post.templates);
  report::Data data = report::make_view(post.report, phrases, options);
  std::vector<std::string> lasting;
  for (const Regression& one : regressions)
    if (one.persistence != nullptr) lasting.push_back(sentence_of(*one.persistence));
  report::put_list(data, "lasting", report::lines_of(lasting));
  return report::fill(post.templates, std::string(k_template), data);
}

}  // namespace

std::string percent(double fraction) {
  return fmt::format("{:.1f} %", fraction * 100);
}

bool waits(const Telling& telling) {
  return telling.tell == Tell::regressions && (telling.after > 1 || telling.escalate == Escalate::after_acknowledge);
}

const SeriesId& Regression::series() const {
  return finding != nullptr ? finding->series : persistence->id;
}

std::string Regression::key() const {
  std::uint64_t hash = fnv1a(series().path());
  hash = finding != nullptr ? fnv1a(finding->rule + "\n" + finding->frame, hash) : fnv1a(persistence->bad, hash);
  return hex16(hash);
}

Result<std::string> News::text(const Post& post, std::size_t limit) const {
  std::string whole = post.digest;
  if (whole.empty()) {
    PW_TRY_ASSIGN(whole, text_of_report(post, regressions));
  }
  std::string out;
  std::size_t used = 2;
  for (const std::string_view line : text::lines(text::trim(whole))) {
    used += text::code_points(line) + 1;
    if (used > limit) return out + "…\n";
    out.append(line).append("\n");
  }
  return out;
}

Result<Delivery> tell(const Post& post, const Route& route, const Telling& telling,
                      const std::function<Result<Delivery>(const News&)>& send) {
  if (telling.tell == Tell::never) return skipped("switched off");
  const bool of_report = post.digest.empty();
  if (of_report && telling.about == TellAbout::branch && !post.of_branch)
    return skipped("not a run of the baseline branch");
  News news;
  Memory memory(post.memory, post.clock.unix_s());
  if (of_report && telling.tell == Tell::regressions) {
    news.regressions = candidates(post, telling);
    const std::string why = why_silent(post, route, telling, memory, news.regressions);
    if (!why.empty()) return skipped(why);
  }
  news.secret = post.environment.get(std::string(route.variable)).value_or("");
  if (news.secret.empty()) return refused(fmt::format("set {} to use it", route.variable));
  PW_TRY_ASSIGN(Delivery delivery, send(news));
  if (delivery.state == Delivery::State::sent) {
    for (const Regression& one : news.regressions) memory.tell(key_for(route, one));
    memory.keep();
  }
  return delivery;
}

Result<Delivery> post_json(const Post& post, const Route& route, net::HttpRequest request) {
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("User-Agent", "perfwarden");
  auto random = std::make_shared<SplitMix64>(os::random_bits());
  net::RetrySeams seams;
  seams.sleep_s = [&post](double seconds) { post.clock.sleep_s(seconds); };
  seams.unix_s = [&post] { return post.clock.unix_s(); };
  seams.uniform = [random] { return random->uniform(); };
  net::RetryPolicy policy;
  policy.rate_limit_wait_s = 5;
  PW_TRY_ASSIGN(const net::HttpResponse response,
                net::send_patiently(post.http, request, net::Repeat::unsafe, seams, policy));
  if (response.status / 100 == 2) return sent("delivered");
  const bool unwelcome =
      response.status == 401 || response.status == 403 || response.status == 404 || response.status == 410;
  if (unwelcome)
    return refused(fmt::format("{} answered {}; check {}", route.notifier, response.status, route.variable));
  return Error{.kind = ErrorKind::network,
               .what = fmt::format("{} answered {}{}", route.notifier, response.status, code_in(response.body))};
}

}  // namespace perfwarden::publish
