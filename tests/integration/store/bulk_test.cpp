#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "integration/store/records.hpp"
#include "store/driver.hpp"
#include "store/schema.hpp"
#include "store/sql_store.hpp"
#include "support/fakes.hpp"

// What a store asks of its database, counted: a run of ten thousand series must not be ten thousand questions.
namespace perfwarden::store {
namespace {

using support::TemporaryDirectory;

struct Counted {
  std::size_t prepared = 0, rows = 0;
  std::vector<std::string> texts;
};

class CountingStatement final : public Statement {
 public:
  CountingStatement(std::unique_ptr<Statement> inner, Counted& counted)
      : inner_(std::move(inner)), counted_(&counted) {}
  [[nodiscard]] std::string text(int column) const override { return inner_->text(column); }
  [[nodiscard]] double real(int column) const override { return inner_->real(column); }
  [[nodiscard]] std::int64_t integer(int column) const override { return inner_->integer(column); }
  [[nodiscard]] Status finish() override { return inner_->finish(); }

 private:
  void set_text(int /*parameter*/, std::string_view text) override { inner_->bind(text); }
  void set_bytes(int /*parameter*/, std::string_view bytes) override { inner_->bind_bytes(bytes); }
  void set_real(int /*parameter*/, double value) override { inner_->bind(value); }
  void set_integer(int /*parameter*/, std::int64_t value) override { inner_->bind(value); }
  Result<bool> advance() override {
    Result<bool> row = inner_->step();
    if (row && *row) ++counted_->rows;
    return row;
  }
  std::unique_ptr<Statement> inner_;
  Counted* counted_;
};

class CountingConnection final : public Connection {
 public:
  CountingConnection(std::unique_ptr<Connection> inner, Counted& counted)
      : inner_(std::move(inner)), counted_(&counted) {}
  [[nodiscard]] const Dialect& dialect() const override { return inner_->dialect(); }
  [[nodiscard]] const std::string& place() const override { return inner_->place(); }
  [[nodiscard]] Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override {
    ++counted_->prepared;
    counted_->texts.emplace_back(sql);
    PW_TRY_ASSIGN(std::unique_ptr<Statement> statement, inner_->prepare(sql));
    return std::unique_ptr<Statement>(std::make_unique<CountingStatement>(std::move(statement), *counted_));
  }
  [[nodiscard]] Status execute(const std::string& sql) override {
    counted_->texts.push_back(sql);
    return inner_->execute(sql);
  }
  [[nodiscard]] Result<std::unique_ptr<Statement>> bulk(std::string_view table, std::string_view columns) override {
    return inner_->bulk(table, columns);
  }
  [[nodiscard]] Status make_month(const std::string& month) override { return inner_->make_month(month); }
  [[nodiscard]] Status compact() override { return inner_->compact(); }
  [[nodiscard]] Result<Ownership> ownership() override { return inner_->ownership(); }
  [[nodiscard]] Status claim(std::int64_t version) override { return inner_->claim(version); }
  [[nodiscard]] Status check() override { return inner_->check(); }
  [[nodiscard]] Result<std::unique_ptr<Connection>> copy() override { return inner_->copy(); }

 private:
  std::unique_ptr<Connection> inner_;
  Counted* counted_;
};

class Bulk : public testing::Test {
 protected:
  void SetUp() override {
    const std::string address = "sqlite:" + (directory_ / "history.db");
    const auto driver = driver_of(address);
    ASSERT_TRUE(driver.has_value());
    auto inner = (*driver)->open(address, Access::write, {});
    ASSERT_TRUE(inner.has_value());
    auto connection = std::make_unique<CountingConnection>(std::move(*inner), counted_);
    ASSERT_TRUE(migrate(*connection).has_value());
    store_ = sql_store(std::move(connection));
  }

  static std::string name_of_series(std::size_t i) { return fmt::format("b{:05}", i); }
  static RunRecord run_of(std::size_t series, int day) {
    RunRecord record = record_of(sha(static_cast<char>('0' + day)), fmt::format("2026-11-0{}T10:00:00Z", day));
    record.head.series.clear();
    for (std::size_t i = 0; i < series; ++i)
      record.head.series.push_back(series_of({"core", name_of_series(i), "wall_time"}, {{static_cast<double>(day)}}));
    return record;
  }
  void save(std::size_t series, int days) {
    std::vector<RunRecord> records;
    for (int day = 1; day <= days; ++day) records.push_back(run_of(series, day));
    ASSERT_TRUE(store_->save(records).has_value());
  }

  TemporaryDirectory directory_;
  Counted counted_;
  std::unique_ptr<Store> store_;
};

TEST_F(Bulk, PointsOfTenThousandSeriesAreThreeStatements) {
  save(10'000, 3);
  counted_ = {};
  const auto lines = store_->history({.branch = "main", .most = 2});
  EXPECT_EQ(counted_.prepared, 3U);
  EXPECT_LE(counted_.rows, 30'003U) << "names, runs, and points of two runs: those of the third are not read";
  ASSERT_EQ(lines->size(), 10'000U);
  for (std::size_t i = 0; i < lines->size(); ++i) {
    ASSERT_EQ((*lines)[i].id.benchmark, name_of_series(i));
    ASSERT_EQ((*lines)[i].points.size(), 2U);
    ASSERT_EQ((*lines)[i].points[0].median, 2);
    ASSERT_EQ((*lines)[i].points[1].median, 3);
  }
}

TEST_F(Bulk, PointsOfAFewSeriesReadNoOthers) {
  save(2'000, 3);
  counted_ = {};
  const auto lines = store_->history({.series = [](const SeriesId& id) { return id.benchmark < "b00010"; }});
  EXPECT_EQ(counted_.prepared, 3U);
  EXPECT_EQ(counted_.rows, 2'000U + 3 + 30);
  EXPECT_EQ(lines->size(), 10U);
}

TEST_F(Bulk, MoreSeriesThanAreListedComeOutTheSame) {
  save(2'000, 2);
  const auto lines = store_->history({.series = [](const SeriesId& id) { return id.benchmark >= "b00500"; }});
  ASSERT_EQ(lines->size(), 1'500U);
  EXPECT_EQ(lines->front().id.benchmark, "b00500");
  EXPECT_EQ(lines->front().points.size(), 2U);
}

TEST_F(Bulk, ASeriesThatIsNoLongerMeasuredKeepsItsPoints) {
  save(3, 1);
  ASSERT_TRUE(store_->save(run_of(2, 2)) && store_->save(run_of(2, 3)));
  const auto lines = store_->history({.most = 1});
  ASSERT_EQ(lines->size(), 3U);
  EXPECT_EQ((*lines)[0].points.at(0).median, 3);
  EXPECT_EQ((*lines)[2].points.at(0).median, 1);
}

TEST_F(Bulk, SavingPreparesAsManyStatementsForOneSeriesAsForManyRunsOfMany) {
  counted_ = {};
  save(1, 1);
  const std::size_t for_one = counted_.prepared;
  counted_ = {};
  save(500, 4);
  EXPECT_EQ(counted_.prepared, for_one);
  EXPECT_LT(counted_.rows, 500 + 20U) << "one question for each new series, none for known ones";
}

// PostgreSQL numbers parameters by their names; the driver for SQLite must, too.
TEST_F(Bulk, ParametersAreKnownByTheirNumberWhereverTheyStand) {
  const std::string address = "sqlite:" + (directory_ / "history.db");
  const auto connection = (*driver_of(address))->open(address, Access::write, {});
  const auto statement = (*connection)->prepare("SELECT $2 || $1 || $2");
  ASSERT_TRUE(statement.has_value());
  ASSERT_TRUE((*statement)->bind("a").bind("b").step().value_or(false));
  EXPECT_EQ((*statement)->text(0), "bab");
}

TEST_F(Bulk, AValueForNoParameterIsAnError) {
  const std::string address = "sqlite:" + (directory_ / "history.db");
  const auto connection = (*driver_of(address))->open(address, Access::write, {});
  const auto statement = (*connection)->prepare("SELECT $1");
  EXPECT_FALSE((*statement)->bind("a").bind("b").step().has_value());
}

}  // namespace
}  // namespace perfwarden::store
