#include "app/pipe/assistance.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/cli/messages.hpp"
#include "base/base64.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "explain/fact_check.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "net/url.hpp"
#include "os/files/files.hpp"
#include "report/renderer.hpp"

namespace perfwarden::app {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::size_t k_largest_answer = std::size_t{64} << 10;
constexpr std::size_t k_longest_summary = 600, k_longest_recommendation = 300, k_most_recommendations = 5;
constexpr std::int64_t k_token_lives_s = 300;
constexpr std::size_t k_most_told = 20;  // entries of each list

constexpr std::string_view k_instruction =
    "You explain a performance report to its author. Answer with JSON only: {\"summary_override\": \"at most three "
    "sentences\", \"recommendations\": [\"at most five, one sentence each\"]}. Use only numbers and names that the "
    "report holds: sentences with others are dropped.";

// The lists that scripts read, and why: names of benchmarks and functions, and their numbers. No source code.
Ordered told_of(const Report& report, AiInput input) {
  Ordered out;
  const report::Renderer* json_form = report::find_renderer("json");
  const Result<std::string> text = json_form->render(report, report::Templates{}, {});
  const Ordered whole = text ? Ordered::parse(*text, nullptr, false) : Ordered();
  for (const char* key :
       {"verdict", "summary", "rating", "recommendations", "cpu_regressions", "cpu_improvements", "memory_regressions",
        "memory_improvements", "new_hotspots", "removed_hotspots", "benchmark_regressions", "benchmark_improvements"}) {
    if (!whole.is_object() || !whole.contains(key)) continue;
    Ordered value = whole[key];
    if (value.is_array() && value.size() > k_most_told)
      value.erase(value.begin() + static_cast<std::ptrdiff_t>(k_most_told), value.end());
    out[key] = std::move(value);
  }
  for (const Hypothesis& one : report.hypotheses)
    if (out["hypotheses"].size() < k_most_told) out["hypotheses"].push_back(one.claim);
  if (input == AiInput::commits)
    for (const RangeCommit& one : report.commits)
      if (out["commits"].size() < k_most_told) out["commits"].push_back(one.subject);
  return out;
}

std::string base64_url(std::string_view bytes) {
  std::string out = base64(bytes);
  out = text::replace_all(text::replace_all(std::move(out), "+", "-"), "/", "_");
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::string bytes_of_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

// A JSON Web Token (RFC 7519), signed by HMAC-SHA-256, that is valid for five minutes.
std::string signed_token(const std::string& secret, std::int64_t now_s) {
  const std::string head = base64_url(R"({"alg":"HS256","typ":"JWT"})");
  const Ordered claims{{"iss", "perfwarden"}, {"iat", now_s}, {"exp", now_s + k_token_lives_s}};
  const std::string body = head + "." + base64_url(json::dump(claims));
  return body + "." + base64_url(bytes_of_hex(hmac_sha256(secret, body)));
}

struct Answer {
  std::string summary;
  std::vector<std::string> recommendations;
};

Error bad_answer(const std::string& why) {
  return {.kind = ErrorKind::network, .what = "its answer was not used: " + why};
}

Result<Answer> read_answer(std::string_view body) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(body, "the answer"));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  Answer out;
  if (root.has("summary_override")) out.summary = root["summary_override"].text();
  if (root.has("recommendations"))
    root["recommendations"].each(100, [&](const json::Cursor& item) { out.recommendations.push_back(item.text()); });
  if (!problem.what.empty()) return bad_answer(problem.place + ": " + problem.what);
  if (out.summary.empty() && out.recommendations.empty())
    return bad_answer("it has neither summary_override nor recommendations");
  return out;
}

// The text of an OpenAI-compatible chat answer, without the fence that models like to put around JSON.
Result<std::string> content_of(std::string_view body) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(body, "the answer"));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  std::string content;
  root["choices"].each(1, [&](const json::Cursor& item) { content = item["message"]["content"].text(); });
  if (!problem.what.empty()) return bad_answer(problem.place + ": " + problem.what);
  const std::size_t first = content.find('{'), last = content.rfind('}');
  if (first == std::string::npos || last == std::string::npos || last < first)
    return bad_answer("the model did not answer with JSON");
  return content.substr(first, last - first + 1);
}

class Asker {
 public:
  Asker(World& world, const AiConfig& config, std::string endpoint)
      : world_(world), config_(config), endpoint_(std::move(endpoint)) {}

  Result<Answer> ask(const std::string& told) {
    const bool chat = config_.api == AiApi::chat;
    Ordered body = Ordered::parse(told);
    if (chat)
      body = {{"model", config_.model},
              {"temperature", 0},
              {"messages", {{{"role", "system"}, {"content", k_instruction}}, {{"role", "user"}, {"content", told}}}}};
    net::HttpRequest request{.method = "POST",
                             .url = endpoint_,
                             .headers = {{"Content-Type", "application/json"}},
                             .body = json::dump(body),
                             .timeout_s = config_.timeout_s};
    if (const std::string token = this->token(); !token.empty())
      request.headers.emplace_back("Authorization", "Bearer " + token);
    PW_TRY_ASSIGN(const net::HttpResponse response, world_.http.send(request));
    if (response.status < 200 || response.status >= 300) return bad_answer(fmt::format("status {}", response.status));
    if (response.body.size() > k_largest_answer) return bad_answer("it is larger than 64 KiB");
    if (!chat) return read_answer(response.body);
    PW_TRY_ASSIGN(const std::string content, content_of(response.body));
    return read_answer(content);
  }

 private:
  [[nodiscard]] std::string token() const {
    const std::string secret = world_.environment.get("AI_ANALYSIS_SECRET").value_or("");
    if (!secret.empty()) return signed_token(secret, world_.clock.unix_s());
    return world_.environment.get("AI_ANALYSIS_TOKEN").value_or("");
  }

  World& world_;
  const AiConfig& config_;
  std::string endpoint_;
};

void take_checked(const Answer& answer, std::string_view told, Assistance& into) {
  explain::CheckedText summary = explain::keep_known(answer.summary, told, k_longest_summary);
  into.summary = std::move(summary.text);
  into.dropped = summary.dropped;
  for (const std::string& one : answer.recommendations) {
    explain::CheckedText checked = explain::keep_known(one, told, k_longest_recommendation);
    into.dropped += checked.dropped;
    if (!checked.text.empty() && into.recommendations.size() < k_most_recommendations)
      into.recommendations.push_back(std::move(checked.text));
  }
}

}  // namespace

void assist(World& world, const Config& config, const std::string& directory, Report& report) {
  const AiConfig& ai = config.analysis.ai;
  const std::string endpoint =
      !ai.endpoint.empty() ? ai.endpoint : world.environment.get("AI_ANALYSIS_ENDPOINT").value_or("");
  if (endpoint.empty()) return;
  report.assistance = {};
  if (report.context.from_fork) {
    note(world, "the AI endpoint was not asked: this is a pull request of a fork");
    return;
  }
  Assistance& out = report.assistance;
  const Result<net::Url> address = net::parse_url(endpoint);
  out.source = (address ? address->host : std::string("the AI endpoint")) + (ai.model.empty() ? "" : ", " + ai.model);
  if (!address || (address->scheme != "https" && !address->is_loopback())) {
    out.problem = "it was not asked: its address is not https://…, nor one of this machine";
    warn(world, fmt::format("{}: {}", text::one_line(out.source), out.problem));
    return;
  }
  const std::string told = json::pretty(told_of(report, ai.input));
  if (!directory.empty())
    if (const Status written = os::write_file(directory + "/ai_request.json", told); !written)
      warn(world, written.error().text());
  note(world,
       fmt::format("asking {}: {} bytes, {}", text::one_line(out.source), told.size(),
                   ai.input == AiInput::names ? "names and numbers only" : "names, numbers and commit subjects"));
  Result<Answer> answer = Asker(world, ai, endpoint).ask(told);
  if (answer)
    take_checked(*answer, told, out);
  else
    out.problem = text::one_line(answer.error().what);
  if (!out.problem.empty()) warn(world, fmt::format("{}: {}", text::one_line(out.source), out.problem));
}

}  // namespace perfwarden::app
