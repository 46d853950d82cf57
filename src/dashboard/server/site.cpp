#include "dashboard/server/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "base/embedded.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/compare.hpp"
#include "dashboard/api/feeds.hpp"
#include "dashboard/api/grafana.hpp"
#include "dashboard/api/profiles.hpp"
#include "dashboard/api/triage.hpp"
#include "dashboard/page/page.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {

std::span<const EmbeddedText> openapi_embedded();

namespace {

constexpr std::string_view k_json_type = "application/json";
constexpr std::string_view k_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr std::size_t k_longest_target = 4096;

std::string_view openapi_text() {
  return openapi_embedded().front().text;
}

// A Visit is one request on its way.
struct Visit {
  Site& site;
  Desk desk;
  const Request& request;
  Question question = {};
  Admission admission = {};
};

int status_of(const Error& error) {
  if (error.kind != ErrorKind::usage && error.kind != ErrorKind::parse) return 503;
  return error.where == k_not_there ? 404 : 400;
}

// What a person on the other side may read of an error: not where our files are.
Error shown(const Error& error) {
  if (status_of(error) != 503) return error;
  return {.kind = error.kind,
          .what = "the history cannot be read at the moment",
          .where = "",
          .hint = "try again; on the server, `perfwarden baseline history` says why"};
}

Response json_response(int status, const Json& json) {
  return {.status = status, .type = std::string(k_json_type), .body = json::dump(json)};
}

Response json_error(int status, const Error& error) {
  return json_response(status, error_json(status, shown(error)));
}

Error words(std::string what) {
  return {.kind = ErrorKind::usage, .what = std::move(what)};
}

Shell shell_of(const Visit& visit) {
  Shell out;
  for (std::size_t i = 1; i < visit.question.path.size(); ++i) out.links.root += "../";
  out.who = visit.admission.who;
  out.version = visit.site.setting.version;
  out.read_only = visit.site.guard.read_only;
  if (!out.read_only) out.csrf = visit.site.guard.csrf();
  return out;
}

Response page_error(const Visit& visit, int status, const Error& error) {
  return {.status = status, .body = error_page(status, shown(error), shell_of(visit))};
}

// An answer by the memory, else by `make`, which gives the text.
template <class Make>
Result<std::shared_ptr<const std::string>> remembered(const Visit& visit, std::string_view kind, const Make& make) {
  PW_TRY_ASSIGN(const std::string stamp, visit.desk.stamp());
  const std::string key =
      fmt::format("{}\n{}\n{}", kind, kind == "page" ? visit.admission.who : "", visit.question.key());
  if (auto found = visit.site.memory.answer(stamp, key)) return found;
  PW_TRY_ASSIGN(std::string made, make());
  auto kept = std::make_shared<const std::string>(std::move(made));
  visit.site.memory.keep(stamp, key, kept);
  return std::shared_ptr<const std::string>(std::move(kept));
}

Response with_tag(const Visit& visit, std::string type, const std::string& body) {
  const std::string tag = '"' + hex16(fnv1a(body)) + '"';
  Response out{.type = std::move(type)};
  out.headers = {{"ETag", tag}};
  if (visit.request.header("if-none-match") == tag)
    out.status = 304;
  else
    out.body = body;
  return out;
}

Response api_response(const Visit& visit) {
  if (visit.question.path.size() == 1 && visit.question.path.front() == "session")
    return json_response(200, {{"who", visit.admission.who},
                               {"read_only", visit.site.guard.read_only},
                               {"csrf", visit.site.guard.read_only ? Json() : Json(visit.site.guard.csrf())},
                               {"version", visit.site.setting.version}});
  const bool as_markdown = visit.question.path.size() == 1 && visit.question.path.front() == "compare.md";
  const auto text = remembered(visit, "api", [&]() -> Result<std::string> {
    Question question = visit.question;
    if (as_markdown) question.path = {"compare"};
    PW_TRY_ASSIGN(const Json json, answer(visit.desk, question));
    return as_markdown ? markdown_of(json) : json::dump(json);
  });
  if (!text) return json_error(status_of(text.error()), text.error());
  return with_tag(visit, as_markdown ? "text/markdown; charset=utf-8" : std::string(k_json_type), **text);
}

// Addresses of what is neither a page nor an answer of the API.
bool is_feed(const std::vector<std::string>& path) {
  const std::string whole = text::join(path, "/");
  return whole == "metrics" || whole == "alerts.atom" || whole == "chart/series.svg" || whole == "chart/flame.svg" ||
         whole == "api/v1/openapi.json";
}

Response feed_response(const Visit& visit) {
  const std::string whole = text::join(visit.question.path, "/");
  if (whole == "api/v1/openapi.json") return with_tag(visit, std::string(k_json_type), std::string(openapi_text()));
  const bool dark = visit.question.text("theme") == "dark";
  const auto text = remembered(visit, "feed", [&]() -> Result<std::string> {
    if (whole == "metrics") return open_metrics(visit.desk);
    if (whole == "alerts.atom") return atom_feed(visit.desk);
    if (whole == "chart/flame.svg") return flame_svg(visit.desk, visit.question);
    Question question = visit.question;
    question.path = {"series", question.text("id")};
    question.parameters.erase("id");
    question.parameters.erase("theme");
    PW_TRY_ASSIGN(const Json chart, answer(visit.desk, question));
    return chart_svg(chart, dark);
  });
  if (!text) return json_error(status_of(text.error()), text.error());
  const char* const type = whole == "metrics"       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                           : whole == "alerts.atom" ? "application/atom+xml; charset=utf-8"
                                                    : "image/svg+xml; charset=utf-8";
  return with_tag(visit, type, **text);
}

// What Grafana's JSON data source asks by POST, although it only reads.
bool is_simpod(const std::vector<std::string>& path) {
  return path.size() >= 4 && path.size() <= 5 && path[0] == "api" && path[1] == "v1" && path[2] == "grafana" &&
         path[3] == "simpod";
}

Response simpod_response(const Visit& visit) {
  const std::vector<std::string>& path = visit.question.path;
  if (path.size() == 4) return {.type = "text/plain; charset=utf-8", .body = "ok\n"};
  const auto found = simpod_answer(visit.desk, path[4], visit.request.body);
  return found ? json_response(200, *found) : json_error(status_of(found.error()), found.error());
}

Response change_response(const Visit& visit) {
  const std::vector<std::string>& path = visit.question.path;
  const bool known = (path.size() == 3 && path[0] == "alerts" && path[2] == "events") ||
                     (path.size() == 2 && path[0] == "alerts" && path[1] == "events");
  if (!known) return json_error(404, not_there("there is no such address"));
  const std::lock_guard<std::mutex> held(visit.site.writing);
  auto store = visit.site.open(store::Access::write);
  if (!store) return json_error(503, store.error());
  const Desk desk{**store, visit.site.setting, visit.site.memory};
  const auto done = triage(desk, visit.question, visit.request.body, visit.admission.who);
  if (!done) return json_error(status_of(done.error()), done.error());
  return json_response(done->status, done->body);
}

// Pages know more keys than their answers do: those that only scripts read.
Question asked_by_page(const Visit& visit) {
  Question out = visit.question;
  if (out.path.empty()) out.path = {"status"};
  const Route* route = route_of(out);
  if (route == nullptr) return out;
  std::erase_if(out.parameters, [&](const auto& one) {
    return std::find(route->keys.begin(), route->keys.end(), one.first) == route->keys.end();
  });
  return out;
}

Response page_response(const Visit& visit) {
  const Question question = asked_by_page(visit);
  const Route* route = route_of(question);
  if (route == nullptr) return page_error(visit, 404, not_there("there is no such page"));
  const auto text = remembered(visit, "page", [&]() -> Result<std::string> {
    PW_TRY_ASSIGN(const Json json, answer(visit.desk, question));
    Shell shell = shell_of(visit);
    shell.api = "api/v1/" + text::join(question.path, "/");
    char separator = '?';
    for (const auto& [key, value] : question.parameters) {
      shell.api += fmt::format("{}{}={}", separator, percent_encoded(key), percent_encoded(value));
      separator = '&';
    }
    return page_of(route->page, json, shell);
  });
  if (!text) return page_error(visit, status_of(text.error()), text.error());
  return with_tag(visit, "text/html; charset=utf-8", **text);
}

Response asset_response(const Visit& visit) {
  const Asset found = asset(visit.question.path.size() == 2 ? visit.question.path[1] : "");
  if (found.type.empty()) return page_error(visit, 404, not_there("there is no such file"));
  return with_tag(visit, std::string(found.type), std::string(found.text));
}

Response login(const Visit& visit) {
  if (!is_our_host(visit.site.guard, visit.request.header("host")) || !is_same_origin(visit.request))
    return page_error(visit, 403, words("another site may not log in here"));
  const auto form = read_parameters(visit.request.body);
  const auto given = form ? form->find("token") : std::map<std::string, std::string>::const_iterator();
  if (visit.site.guard.by != Authentication::token || !form || given == form->end() ||
      !visit.site.guard.is_token(given->second))
    return {.status = 401, .body = login_page()};
  return {.status = 303,
          .headers = {{"Location", "./"},
                      {"Set-Cookie",
                       fmt::format("perfwarden={}; HttpOnly; SameSite=Strict; Path=/", visit.site.guard.session())}}};
}

Response refused(const Visit& visit, bool is_api) {
  const Admission& no = visit.admission;
  if (is_api) return json_error(no.status, words(std::string(no.why)));
  if (no.status == 401 && visit.site.guard.by == Authentication::token) return {.status = 401, .body = login_page()};
  return page_error(visit, no.status, words(std::string(no.why)));
}

// "/alerts/7?q=x" in its parts; false when it is damaged.
bool read_target(Visit& visit) {
  std::string_view target = visit.request.target;
  if (target.empty() || target.front() != '/' || target.size() > k_longest_target) return false;
  const std::size_t mark = target.find('?');
  auto parameters = read_parameters(mark == std::string_view::npos ? "" : target.substr(mark + 1));
  if (!parameters) return false;
  visit.question.parameters = *std::move(parameters);
  target = target.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  if (target.empty()) return true;
  for (const std::string_view part : text::split(target, '/')) {
    auto segment = percent_decoded(part, false);
    if (!segment || segment->empty() || *segment == "." || *segment == "..") return false;
    visit.question.path.push_back(*std::move(segment));
  }
  return true;
}

Response routed(Visit& visit) {
  std::vector<std::string>& path = visit.question.path;
  const bool reads = visit.request.method == "GET" || visit.request.method == "HEAD";
  if (path == std::vector<std::string>{"healthz"}) return {.type = "text/plain; charset=utf-8", .body = "ok\n"};
  if (path == std::vector<std::string>{"login"} && visit.request.method == "POST") return login(visit);
  const bool is_api = path.size() > 2 && path[0] == "api" && path[1] == "v1";
  if (!reads && visit.request.method != "POST") return {.status = 405, .headers = {{"Allow", "GET, HEAD, POST"}}};
  visit.admission =
      reads || is_simpod(path) ? admit(visit.site.guard, visit.request) : admit_change(visit.site.guard, visit.request);
  const bool open_to_all = reads && visit.admission.status == 401 && !path.empty() && path[0] == "assets";
  if (visit.admission.status != 200 && !open_to_all) return refused(visit, is_api);
  if (is_simpod(path)) return simpod_response(visit);
  if (reads && is_feed(path)) return feed_response(visit);
  if (is_api) {
    path.erase(path.begin(), path.begin() + 2);
    return reads ? api_response(visit) : change_response(visit);
  }
  if (!reads) return json_error(404, not_there("there is no such address"));
  if (!path.empty() && path[0] == "assets") return asset_response(visit);
  return page_response(visit);
}

void secure(Response& response) {
  const std::array<std::pair<const char*, std::string_view>, 6> always{
      {{"Content-Security-Policy", k_policy},
       {"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "same-origin"},
       {"Cross-Origin-Opener-Policy", "same-origin"},
       {"Cross-Origin-Resource-Policy", "same-origin"},
       {"Cache-Control", response.status == 200 || response.status == 304 ? "no-cache, private" : "no-store"}}};
  for (const auto& [name, value] : always) response.headers.emplace_back(name, value);
}

}  // namespace

Response unavailable(const Error& error) {
  Response out = json_error(503, error);
  secure(out);
  return out;
}

Response respond(Site& site, store::Store& store, const Request& request) noexcept {
  try {
    Visit visit{.site = site, .desk = {store, site.setting, site.memory}, .request = request};
    Response out = read_target(visit) ? routed(visit) : page_error(visit, 400, words("this address is damaged"));
    secure(out);
    return out;
  } catch (const std::exception&) {
    Response out{.status = 500, .type = "text/plain; charset=utf-8", .body = "the server could not answer this\n"};
    try {
      secure(out);
    } catch (const std::exception&) {
      out.headers.clear();
    }
    return out;
  }
}

}  // namespace perfwarden::dashboard
