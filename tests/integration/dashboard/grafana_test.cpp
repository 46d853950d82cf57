#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "integration/dashboard/scene.hpp"
#include "store/store.hpp"
#include "support/paths.hpp"
#include "support/postgres.hpp"

// The dashboards that we ship: what Grafana asks of each database is run on it.
namespace perfwarden::dashboard {
namespace {

nlohmann::json shipped(const std::string& name) {
  return nlohmann::json::parse(support::slurp(support::source_path("config/grafana/" + name)));
}

// Every query of a dashboard, with what Grafana puts in for its variables and macros.
std::vector<std::string> queries_of(const nlohmann::json& dashboard) {
  std::vector<std::string> out;
  const auto add = [&](const nlohmann::json& target) {
    std::string sql =
        target.contains("rawSql") ? target["rawSql"].get<std::string>() : target["rawQueryText"].get<std::string>();
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"${branch:sqlstring}", "'main'"},
             {"${benchmark:sqlstring}", "'core/parse/large','core/load'"},
             {"$__from", "1000000000000"},
             {"$__to", "2000000000000"},
             {"$__timeFilter(\"timestamp\"::timestamptz)", "\"timestamp\"::timestamptz > '2001-01-01'"},
             {"$__timeFilter(detected_at::timestamptz)", "detected_at::timestamptz > '2001-01-01'"},
             {"$__timeFilter(deployed_at::timestamptz)", "deployed_at::timestamptz > '2001-01-01'"}})
      sql = text::replace_all(std::move(sql), from, to);
    EXPECT_EQ(sql.find("$"), std::string::npos) << sql;
    out.push_back(std::move(sql));
  };
  for (const nlohmann::json& panel : dashboard["panels"])
    for (const nlohmann::json& target : panel["targets"]) add(target);
  for (const nlohmann::json& annotation : dashboard["annotations"]["list"]) add(annotation["target"]);
  for (const nlohmann::json& variable : dashboard["templating"]["list"])
    if (variable["type"] == "query") add({{"rawSql", variable["definition"]}});
  return out;
}

// The number of rows; -1 and a failure when the query does not work.
int rows_of(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    ADD_FAILURE() << sql << ": " << sqlite3_errmsg(database);
    return -1;
  }
  int rows = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) ++rows;
  sqlite3_finalize(statement);
  return rows;
}

TEST(Grafana, EveryQueryFindsSomethingInSqlite) {
  const Scene scene;
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(scene.address().substr(7).c_str(), &database), SQLITE_OK);
  for (const std::string& sql : queries_of(shipped("sqlite.json"))) EXPECT_GT(rows_of(database, sql), 0) << sql;
  sqlite3_close(database);
}

TEST(Grafana, EveryQueryFindsSomethingInPostgres) {
  Scene scene;
  support::PostgresServer server;
  const auto store = store::open(server.database("history"), store::Access::write);
  ASSERT_TRUE(store) << store.error().text();
  const auto ids = scene.store().run_ids();
  ASSERT_TRUE(ids);
  for (const std::int64_t id : *ids) {
    const auto record = scene.store().record(id);
    ASSERT_TRUE(record && *record);
    ASSERT_TRUE((*store)->save(**record));
  }
  ASSERT_TRUE((*store)->save_alerts(*scene.store().alerts()));
  ASSERT_TRUE((*store)->add_deployments(*scene.store().deployments()));
  for (const std::string& sql : queries_of(shipped("postgres.json"))) EXPECT_NE(server.ask("history", sql), "") << sql;
}

TEST(Grafana, EachDashboardHasWhatAnImportNeeds) {
  std::set<std::string> uids;
  for (const char* name : {"sqlite.json", "postgres.json"}) {
    const nlohmann::json dashboard = shipped(name);
    EXPECT_TRUE(uids.insert(dashboard["uid"]).second);
    EXPECT_EQ(dashboard["templating"]["list"][0]["type"], "datasource");
    std::set<int> ids;
    for (const nlohmann::json& panel : dashboard["panels"]) {
      EXPECT_TRUE(ids.insert(panel["id"].get<int>()).second);
      EXPECT_EQ(panel["datasource"]["uid"], "${source}");
      EXPECT_LE(panel["gridPos"]["x"].get<int>() + panel["gridPos"]["w"].get<int>(), 24);
    }
  }
}

}  // namespace
}  // namespace perfwarden::dashboard
