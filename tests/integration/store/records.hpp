#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

// Runs to save, and a look at the file as another program has it.
namespace perfwarden::store {

inline std::string sha(char digit) {
  return std::string(40, digit);
}

inline Series series_of(const SeriesId& id, std::vector<std::vector<double>> invocations) {
  Series series;
  series.id = id;
  series.metric = {id.metric, "s", Better::lower, false, true};
  series.invocations = std::move(invocations);
  series.original_unit = "ms";
  return series;
}

inline const SeriesId k_parse{"core", "parse/large", "wall_time"};

inline RunRecord record_of(const std::string& commit, const std::string& time, double value = 0.012) {
  RunRecord record;
  record.run.commit = commit;
  record.run.branch = "main";
  record.run.time = time;
  record.run.session = "session-" + time;
  record.run.config_hash = "c0ffee";
  record.run.tool = "perfwarden 0.1.0";
  record.run.machine.facts = {{"cpu", "Ryzen"}, {"kernel", "6.1"}};
  seal(record.run.machine);
  record.conclusion = "pass";
  record.run.times = {{"core", "large", 1.25}, {"core", "", 0.5}};
  record.head.run = record.run;
  record.head.series = {series_of(k_parse, {{value, value * 1.1}, {}, {value * 1.2}})};
  return record;
}

inline std::unique_ptr<Store> open_or_fail(const std::string& path) {
  auto opened = open("sqlite:" + path, Access::write);
  if (!opened) {
    ADD_FAILURE() << opened.error().text();
    return nullptr;
  }
  return std::move(*opened);
}

// Runs SQL beside the store, as another program would.
inline void sql(const std::string& path, const std::string& text) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_free(message);
  sqlite3_close(handle);
}

inline std::string ask(const std::string& path, const std::string& text) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string out;
  if (sqlite3_open(path.c_str(), &handle) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, text.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr)
    out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return out;
}

}  // namespace perfwarden::store
