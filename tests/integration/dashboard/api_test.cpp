#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/export.hpp"
#include "integration/dashboard/scene.hpp"
#include "support/openapi.hpp"
#include "support/paths.hpp"

namespace perfwarden::dashboard {
namespace {

nlohmann::json body_of(const Response& response) {
  return nlohmann::json::parse(response.body, nullptr, false);
}

// Of the benchmark that got slower.
std::string slow_series(Scene& scene) {
  return "/api/v1/series/" + std::to_string(body_of(scene.get("/api/v1/alerts/1"))["alert"]["series"]["id"].get<int>());
}

TEST(Api, EveryAnswerIsWhatTheDescriptionSays) {
  Scene scene;
  const support::OpenApi description(support::slurp(support::source_path("config/openapi.json")));
  const std::map<std::string, std::vector<std::string>> targets{
      {"/status", {"/status"}},
      {"/alerts", {"/alerts", "/alerts?q=is:open+owner:acme&limit=1", "/alerts?q=ownr:x"}},
      {"/alerts/{id}", {"/alerts/1"}},
      {"/series", {"/series", "/series?q=suite:core&offset=1&limit=1"}},
      {"/series/{id}",
       {"/series/1", "/series/1?points=10&values=1", "/series/1?values=1", "/series/2?from=i:5&to=i:9",
        "/series/1?branch=none"}},
      {"/compare", {"/compare", "/compare?all=1"}},
      {"/runs", {"/runs", "/runs?branch=*&limit=3", "/runs?branch=none"}},
      {"/runs/{id}", {"/runs/3", "/runs/3?series=1&q=parse"}},
      {"/budgets", {"/budgets", "/budgets?q=nothing"}},
      {"/machines", {"/machines"}},
      {"/search", {"/search", "/search?q=parse"}},
      {"/session", {"/session"}},
      {"/grafana/points", {"/grafana/points", "/grafana/points?series=core/load&points=10"}},
      {"/grafana/annotations", {"/grafana/annotations"}}};
  for (const std::string& path : description.paths()) {
    if (path == "/compare.md") continue;
    ASSERT_TRUE(targets.contains(path)) << path << " is described, and has no test";
    for (const std::string& target : targets.at(path)) {
      const Response response = scene.get("/api/v1" + target);
      ASSERT_EQ(response.status, 200) << target << response.body;
      EXPECT_EQ(description.answer_violation(path, response.body), "") << target;
    }
  }
  for (const Route& route : routes()) {
    const std::vector<std::string> known = description.paths();
    EXPECT_NE(std::find(known.begin(), known.end(), "/" + std::string(route.path)), known.end()) << route.path;
  }
}

TEST(Api, UnknownParametersAndPlacesAreErrors) {
  Scene scene;
  EXPECT_EQ(scene.get("/api/v1/series?limt=3").status, 400);
  EXPECT_EQ(scene.get("/api/v1/series?limit=-1").status, 400);
  EXPECT_EQ(scene.get("/api/v1/series/99").status, 404);
  EXPECT_EQ(scene.get("/api/v1/series/x").status, 404);
  EXPECT_EQ(scene.get("/api/v1/alerts/99").status, 404);
  EXPECT_EQ(scene.get("/api/v1/runs/3?series=99").status, 404);
  EXPECT_EQ(scene.get("/api/v1/compare?base=beef&head=dead").status, 404);
  EXPECT_EQ(scene.get("/api/v1/compare?base=x&head=y").status, 400);
  EXPECT_EQ(scene.get("/api/v1/nothing").status, 404);
}

TEST(Api, AChartShowsTheChangeWithItsAlert) {
  Scene scene;
  const auto chart = body_of(scene.get(slow_series(scene)));
  ASSERT_EQ(chart["changes"].size(), 1U);
  EXPECT_EQ(chart["changes"][0]["i"], 25);
  EXPECT_EQ(chart["changes"][0]["commit"], Scene::commit_of(25));
  EXPECT_EQ(chart["changes"][0]["alert"], 1);
  EXPECT_NEAR(chart["changes"][0]["change"].get<double>(), 0.13, 0.01);
  EXPECT_EQ(chart["total"], 40);
  EXPECT_EQ(chart["deploys"][0]["i"], 20);
}

TEST(Api, AnAlertShowsWhereTheTimeWentByTheProfilesNearestToIt) {
  Scene scene;
  const auto profile = body_of(scene.get("/api/v1/alerts/1"))["profile"];
  ASSERT_TRUE(profile.is_object());
  EXPECT_EQ(profile["before"]["commit"], Scene::commit_of(20));
  EXPECT_EQ(profile["after"]["commit"], Scene::commit_of(25));
  EXPECT_EQ(profile["functions"][0], nlohmann::json({{"name", "parse/large"}, {"before", 0.5}, {"after", 0.6}}));
  const std::string address =
      fmt::format("/chart/flame.svg?base={}&profile={}", profile["before"]["profile"].get<int>(),
                  profile["after"]["profile"].get<int>());
  const Response picture = scene.get(address);
  EXPECT_EQ(picture.status, 200) << picture.body;
  EXPECT_EQ(picture.type, "image/svg+xml; charset=utf-8");
  EXPECT_EQ(picture.body, "<svg/>main;copy 50\nmain;copy 60\n");
  const std::string page = scene.get("/alerts/1").body;
  EXPECT_NE(page.find("<img src=\".." + text::replace_all(address, "&", "&amp;") + "\""), std::string::npos) << page;
  EXPECT_NE(page.find("+10.0 points"), std::string::npos);
}

TEST(Api, AProfileOfTheBaseThatWasMeasuredBesideTheChangeComesFirst) {
  Scene scene;
  const auto head = scene.store().record(26);
  ASSERT_TRUE(head && *head) << "the run of commit 25";
  store::RunRecord base = **head;
  base.identity.clear();
  base.role = store::RunRole::base;
  base.run.commit = base.head.run.commit = Scene::commit_of(24);
  const auto saved = scene.store().save(base);
  ASSERT_TRUE(saved);
  const auto profile = body_of(scene.get("/api/v1/alerts/1"))["profile"];
  EXPECT_EQ(profile["before"]["run"], *saved);
}

TEST(Api, ProfilesThatAreNotThereAreSaidToBeMissing) {
  Scene scene;
  for (const char* target : {"/chart/flame.svg", "/chart/flame.svg?profile=99", "/chart/flame.svg?profile=1&base=99"})
    EXPECT_EQ(scene.get(target).status, 404) << target;
  EXPECT_EQ(scene.get("/chart/flame.svg?profile=x").status, 400);
  EXPECT_TRUE(scene.get("/alerts/1").body.find("Its stacks are not kept") == std::string::npos);
  ASSERT_TRUE(scene.store().prune({"2030", "2000", {}}));
  EXPECT_EQ(scene.get("/chart/flame.svg?profile=1").status, 404);
  EXPECT_NE(scene.get("/runs/1").body.find("Its stacks are not kept"), std::string::npos);
}

TEST(Api, ASeriesShowsItsHotFunctionsInTheRunsThatWereProfiled) {
  Scene scene;
  const auto hot = body_of(scene.get(slow_series(scene)))["functions"];
  ASSERT_EQ(hot["runs"].size(), 8U);
  EXPECT_EQ(hot["functions"][0]["name"], "parse/large");
  EXPECT_EQ(hot["functions"][0]["shares"], nlohmann::json({0.5, 0.5, 0.5, 0.5, 0.5, 0.6, 0.6, 0.6}));
}

TEST(Api, AnotherMachineIsNoChangeOfASeries) {
  Scene scene;
  const auto newest = scene.store().record(40);
  ASSERT_TRUE(newest && *newest);
  store::RunRecord slow = **newest;
  slow.identity.clear();
  slow.run.session = "slow";
  slow.run.time = Scene::time_of(40);
  slow.run.machine.facts = {{"cpu", "slow"}};
  seal(slow.run.machine);
  slow.head.run = slow.run;
  for (Series& one : slow.head.series)
    for (std::vector<double>& values : one.invocations)
      for (double& value : values) value *= 2;
  ASSERT_TRUE(scene.store().save(slow));
  const auto lines = body_of(scene.get("/api/v1/series"));
  ASSERT_FALSE(lines["items"].empty());
  for (const auto& row : lines["items"]) EXPECT_EQ(row["change"], 0) << row;
  EXPECT_EQ(body_of(scene.get("/api/v1/status"))["suites"][0]["change"], 0);
}

TEST(Api, MachinesShowWhatPlacementDoes) {
  Scene scene;
  EXPECT_TRUE(body_of(scene.get("/api/v1/machines"))["machines"][0]["placement"].is_null());
  scene.placement.emplace().layouts = 7;
  scene.placement->ranges = {{{"core", "load", "wall_time"}, -0.01, 0, 0.001},
                             {{"core", "parse/large", "wall_time"}, -0.02, 0.03, 0.001}};
  scene.clock.tick(60);
  const auto placement = body_of(scene.get("/api/v1/machines"))["machines"][0]["placement"];
  EXPECT_EQ(placement["ranges"][0]["series"]["path"], "core/parse/large/wall_time") << "the widest range first";
  EXPECT_NE(scene.get("/machines").body.find("−2.0 % … +3.0 %"), std::string::npos);
}

TEST(Api, DecimationKeepsBothSidesOfAChangeAndTheNewestRun) {
  Scene scene;
  const auto chart = body_of(scene.get(slow_series(scene) + "?points=10"));
  EXPECT_EQ(chart["decimated"], true);
  const auto places = chart["points"]["i"].get<std::vector<int>>();
  for (const int place : {24, 25, 39}) EXPECT_NE(std::find(places.begin(), places.end(), place), places.end()) << place;
}

TEST(Triage, OfTwoWhoDecideAtOnceTheSecondIsToldWhatTheFirstDid) {
  Scene scene;
  const std::string first = R"({"action":"acknowledge","version":1,"reason":""})";
  const std::string second = R"({"action":"false-positive","version":1,"reason":"cold cache"})";
  EXPECT_EQ(scene.post("/api/v1/alerts/1/events", first).status, 200);
  const Response late = scene.post("/api/v1/alerts/1/events", second);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(body_of(late)["alert"]["status"], "ACKNOWLEDGED");
  EXPECT_EQ(body_of(scene.get("/api/v1/alerts/1"))["alert"]["events"].size(), 2U);
}

TEST(Triage, ABumpBeginsTheSeriesAnew) {
  Scene scene;
  EXPECT_EQ(scene.post("/api/v1/alerts/1/events", R"({"action":"bump","version":1,"reason":"larger corpus"})").status,
            200);
  const auto chart = body_of(scene.get(slow_series(scene)));
  EXPECT_EQ(chart["epochs"], nlohmann::json({25}));
  EXPECT_TRUE(chart["changes"].empty());
}

TEST(Triage, ANudgeNamesTwoRunsInTheirOrder) {
  Scene scene;
  const auto nudge = [&](std::size_t before, std::size_t after, int version) {
    return scene.post("/api/v1/alerts/1/events",
                      fmt::format(R"({{"action":"nudge","version":{},"reason":"seen by eye","last_before":"{}",)"
                                  R"("first_changed":"{}"}})",
                                  version, Scene::commit_of(before), Scene::commit_of(after)));
  };
  EXPECT_EQ(nudge(22, 21, 1).status, 400);
  EXPECT_EQ(nudge(22, 99, 1).status, 400);
  EXPECT_EQ(nudge(22, 23, 1).status, 200);
  const auto alert = body_of(scene.get("/api/v1/alerts/1"))["alert"];
  EXPECT_EQ(alert["first_changed"], Scene::commit_of(23));
  EXPECT_EQ(alert["nudged"], true);
  EXPECT_EQ(alert["status"], "OPEN");
}

TEST(Triage, DamagedOrdersChangeNothing) {
  Scene scene;
  for (const char* body :
       {"", "{", "[]", "null", R"({"action":"fly","version":1,"reason":"x"})", R"({"version":1,"reason":"x"})",
        R"({"action":"resolve","version":1})", R"({"action":"resolve","version":"1","reason":"x"})",
        R"({"action":"resolve","version":1,"reason":"x","resolution":"noise"})"})
    EXPECT_EQ(scene.post("/api/v1/alerts/1/events", body).status, 400) << body;
  for (const char* body : {R"({"action":"resolve","reason":"x","alerts":[]})",
                           R"({"action":"resolve","reason":"x","alerts":[{"id":1,"version":1},{"id":1,"version":1}]})"})
    EXPECT_EQ(scene.post("/api/v1/alerts/events", body).status, 400) << body;
  EXPECT_EQ(scene
                .post("/api/v1/alerts/events",
                      R"({"action":"resolve","reason":"x","alerts":[{"id":1,"version":1},{"id":9,"version":1}]})")
                .status,
            404);
  EXPECT_EQ(body_of(scene.get("/api/v1/alerts/1"))["alert"]["events"].size(), 1U);
}

TEST(Feeds, AreWholeAndOfTheirTypes) {
  Scene scene;
  const Response metrics = scene.get("/metrics");
  EXPECT_EQ(metrics.type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(metrics.body.ends_with("# EOF\n"));
  EXPECT_NE(metrics.body.find("perfwarden_alerts{status=\"open\"} 1\n"), std::string::npos) << metrics.body;
  const Response feed = scene.get("/alerts.atom");
  EXPECT_EQ(feed.type, "application/atom+xml; charset=utf-8");
  EXPECT_NE(feed.body.find("<link href=\"alerts/1\"/>"), std::string::npos) << feed.body;
  const Response picture = scene.get("/chart/series.svg?id=1&theme=dark");
  EXPECT_EQ(picture.type, "image/svg+xml; charset=utf-8");
  EXPECT_NE(picture.body.find("<polyline"), std::string::npos);
  EXPECT_EQ(scene.get("/chart/series.svg?id=99").status, 404);
  EXPECT_EQ(body_of(scene.get("/api/v1/openapi.json"))["openapi"], "3.1.0");
}

TEST(Feeds, SimpodReadsByPost) {
  Scene scene;
  const auto ask = [&](const std::string& path, const std::string& body) {
    return respond(scene.site, scene.store(),
                   {.method = "POST",
                    .target = "/api/v1/grafana/simpod/" + path,
                    .headers = {{"host", "localhost"}},
                    .body = body});
  };
  EXPECT_EQ(scene.get("/api/v1/grafana/simpod").status, 200);
  EXPECT_EQ(body_of(ask("metrics", "{}")).size(), 3U);
  const auto found =
      body_of(ask("query", R"({"range":{"from":"2020-01-01T00:00:00.000Z","to":"2030-01-01T00:00:00.000Z"},)"
                           R"("maxDataPoints":20,"targets":[{"target":"core/load/wall_time","refId":"A"}]})"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["target"], "core/load/wall_time");
  EXPECT_EQ(found[0]["datapoints"].size(), 20U);
  EXPECT_EQ(ask("query", "[]").status, 400);
  EXPECT_EQ(ask("nothing", "{}").status, 404);
}

TEST(Export, LeadsOnlyToWhatItWrites) {
  Scene scene;
  std::map<std::string, std::string> files;
  const Desk desk{scene.store(), scene.site.setting, scene.site.memory};
  const auto done = export_pages(desk, {}, [&](const std::string& name, const std::string& text) -> Status {
    files.emplace(name, text);
    return Nothing{};
  });
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_TRUE(files.contains("index.html"));
  EXPECT_TRUE(files.contains("alert-1.html"));
  EXPECT_TRUE(files.contains("series-3.html"));
  EXPECT_EQ(
      std::count_if(files.begin(), files.end(), [](const auto& file) { return file.first.starts_with("flame-"); }), 5)
      << "one of the alert, and of each run with a page that was profiled";
  for (const auto& [name, text] : files) {
    if (!name.ends_with(".html")) continue;
    const std::string links = text::replace_all(text, " src=\"", " href=\"");
    for (std::size_t at = links.find("href=\""); at != std::string::npos; at = links.find("href=\"", at + 1)) {
      const std::string target = links.substr(at + 6, links.find('"', at + 6) - at - 6);
      if (target == "#main" || target == "data:,") continue;
      EXPECT_TRUE(files.contains(target)) << name << " leads to " << target;
    }
    EXPECT_EQ(text.find("http://"), std::string::npos) << name;
    EXPECT_EQ(text.find("data-csrf"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace perfwarden::dashboard
