#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "dashboard/export.hpp"
#include "integration/dashboard/scene.hpp"

// Whatever a pull request can write is shown as text on every page.
namespace perfwarden::dashboard {
namespace {

std::vector<std::string> attacks() {
  const std::vector<std::string> kinds{"<script>alert(1)</script>",
                                       "</script><script>alert(2)</script>",
                                       "<img src=x onerror=alert(3)>",
                                       "\"><svg onload=alert(4)>",
                                       "' onmouseover='alert(5)",
                                       "{{main}}<b>",
                                       "{{{data}}}<i>",
                                       "{{#data}}<u>{{/data}}",
                                       "<!--<x>",
                                       "]]><x>",
                                       "</title><x>",
                                       "</textarea><x>",
                                       "<style>*{display:none}</style>",
                                       "<base href=//x.invalid>",
                                       "<meta http-equiv=refresh content=0>",
                                       "<a href=//x.invalid>",
                                       "\x1b[31m<red>",
                                       "\xff\xfe<bad utf-8>",
                                       "\xe2\x80\xae<right to left>",
                                       "\xe2\x80\xa8<line separator>",
                                       "a\nb<new line>",
                                       "..%2f..%2f<etc>",
                                       "%00<nul>",
                                       "'; DROP TABLE runs; --<x>",
                                       "\\\"},{\"x\":\"<x>"};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < 200; ++i) out.push_back(kinds[i % kinds.size()] + std::to_string(i));
  return out;
}

// What a browser would take for markup: none of the attacks' tags, and no quote that ends an attribute.
void expect_inert(const std::string& page, const std::string& where) {
  const std::size_t script = page.find("<script type=\"application/json\"");
  const std::string html = page.substr(0, script);
  for (const char* tag :
       {"<script>",   "</script><", "<img src=x",    "<svg onload", "<b>",       "<i>",   "<u>",
        "<!--<",      "]]><",       "</title><x",    "</textarea",  "<style",    "<base", "<meta http-equiv=refresh",
        "<a href=//", "<red",       "<bad",          "<right",      "<line sep", "<new",  "<etc",
        "<nul",       "<x>",        "' onmouseover", "\x1b"})
    EXPECT_EQ(html.find(tag), std::string::npos) << where << ": " << tag;
  if (script == std::string::npos) return;
  const std::size_t begin = page.find('>', script) + 1;
  const std::size_t end = page.find("</script>", begin);
  EXPECT_EQ(page.substr(begin, end - begin).find('<'), std::string::npos) << where;
  EXPECT_EQ(page.find("<script", end), std::string::npos) << where;
}

TEST(HostileText, IsInertOnEveryPage) {
  const std::vector<std::string> names = attacks();
  Scene scene(names);
  scene.repository.words = names[1];
  for (const char* page :
       {"/", "/alerts", "/alerts/1", "/series", "/series/1", "/series/2", "/compare?all=1", "/runs", "/runs/30",
        "/runs/30?series=1", "/budgets", "/machines", "/search?q=script", "/search?q=%22%3E%3Csvg%20onload=1%3E",
        "/alerts?q=%3Cimg%20src=x%3E:1", "/series?q=%3Cscript%3E"}) {
    const Response response = scene.get(page);
    ASSERT_EQ(response.status, 200) << page << response.body;
    expect_inert(response.body, page);
    EXPECT_NE(response.body.find("&lt;"), std::string::npos) << page;  // it does show them
  }
}

// Markdown without its code spans: what is between runs of equally many backticks.
std::string without_code(const std::string& markdown) {
  const auto ticks_at = [&](std::size_t at) {
    return std::min(markdown.find_first_not_of('`', at), markdown.size()) - at;
  };
  std::string out;
  for (std::size_t at = 0; at < markdown.size();) {
    const std::size_t ticks = ticks_at(at);
    std::size_t end = at + ticks;
    while (ticks > 0 && end < markdown.size() && ticks_at(end) != ticks) end += std::max<std::size_t>(1, ticks_at(end));
    const bool is_code = ticks > 0 && end < markdown.size();  // else a run that nothing ends
    if (!is_code) out += markdown[at];
    at = is_code ? end + ticks : at + 1;
  }
  return out;
}

TEST(HostileText, IsInertInExportsFeedsAndMarkdown) {
  const std::vector<std::string> names = attacks();
  Scene scene(names);
  scene.repository.words = names[1];
  const Desk desk{scene.store(), scene.site.setting, scene.site.memory};
  ASSERT_TRUE(export_pages(desk, {.most_series = 30}, [&](const std::string& name, const std::string& text) -> Status {
    if (name.ends_with(".html")) expect_inert(text, name);
    return Nothing{};
  }));
  for (const char* feed : {"/alerts.atom", "/chart/series.svg?id=1"}) {
    const std::string body = scene.get(feed).body;
    for (const char* tag : {"<script", "<img", "<x>", "<b>", "onmouseover='"})
      EXPECT_EQ(body.find(tag), std::string::npos) << feed << tag;
  }
  const std::string metrics = scene.get("/metrics").body;
  for (const std::string_view line : text::lines(metrics))
    EXPECT_TRUE(line.starts_with("# ") || line.starts_with("perfwarden_")) << line;
  const std::string markdown = scene.get("/api/v1/compare.md?all=1").body;
  const std::string outside = without_code(markdown);
  EXPECT_LT(outside.size(), markdown.size());
  for (const char* mark : {"<script", "<img", "@acme", "`"}) EXPECT_EQ(outside.find(mark), std::string::npos) << mark;
}

TEST(HostileText, InAddressesIsAnsweredAndGoesNowhere) {
  Scene scene;
  for (const char* target :
       {"/../../etc/passwd", "/..%2f..%2fetc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/assets/../dashboard.js",
        "/assets/%2e%2e/x", "/assets/%00", "//etc/passwd", "/alerts/%2e%2e", "/alerts/1/../../x", "/%", "/?q=%zz", "",
        "x", "http://evil.example/", "/assets/", "/api/v1/", "/api/v1/runs/1/2/3", "/chart/series.svg",
        "/api/v1/compare.md/x"}) {
    const Response response = scene.get(target);
    EXPECT_TRUE(response.status == 400 || response.status == 404) << target << ": " << response.status;
    EXPECT_EQ(response.body.find("root:"), std::string::npos) << target;
  }
  EXPECT_EQ(scene.get("/series?q=" + std::string(5000, 'a')).status, 400);
}

TEST(HostileText, MethodsThatAreNotOursAreRefused) {
  Scene scene;
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", ""})
    EXPECT_EQ(respond(scene.site, scene.store(), {.method = method, .target = "/", .headers = {{"host", "localhost"}}})
                  .status,
              405)
        << method;
}

}  // namespace
}  // namespace perfwarden::dashboard
