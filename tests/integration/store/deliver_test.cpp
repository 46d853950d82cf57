#include "store/deliver.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "integration/store/records.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"
#include "support/postgres.hpp"

namespace perfwarden::store {
namespace {

using support::TemporaryDirectory;

std::string second(int i) {
  return "2026-11-01T10:" + std::to_string(10 + i / 50) + ":" + std::to_string(10 + i % 50) + "Z";
}

class Delivered : public testing::Test {
 protected:
  Result<Delivery> send(const RunRecord& record) { return deliver(address_, std::span(&record, 1), unsent_); }

  TemporaryDirectory directory_;
  support::PostgresServer server_;
  std::string address_ = server_.database("history");
  std::string unsent_ = directory_ / "unsent.db";
};

TEST_F(Delivered, GoesStraightToAServerThatIsThere) {
  const auto sent = send(record_of(sha('a'), second(0)));
  ASSERT_TRUE(sent) << sent.error().text();
  EXPECT_FALSE(sent->kept_because || sent->still_unsent);
  EXPECT_FALSE(os::exists(unsent_));
}

TEST_F(Delivered, IsKeptWhileTheServerIsGoneAndSentWhenItIsBack) {
  ASSERT_TRUE(send(record_of(sha('a'), second(0))));
  server_.kill();
  RunRecord whole = record_of(sha('b'), second(1));
  whole.run.session.clear();  // known by its content, of which the file keeps less than there was
  whole.run.seed = "17";
  whole.findings.resize(2);
  whole.comparisons.resize(1);
  for (int twice = 0; twice < 2; ++twice) {
    const auto kept = send(whole);
    ASSERT_TRUE(kept) << kept.error().text();
    ASSERT_TRUE(kept->kept_because);
    EXPECT_NE(kept->kept_because->what.find("cannot be reached"), std::string::npos) << kept->kept_because->what;
  }
  server_.start();
  const auto sent = send(record_of(sha('c'), second(2)));
  ASSERT_TRUE(sent) << sent.error().text();
  EXPECT_EQ(sent->sent_late, 1U);
  EXPECT_EQ(send(whole)->sent_late, 0U);  // sent by itself, too
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM runs"), "3");
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM findings"), "2");
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM comparisons"), "1");
  const auto store = open(address_, Access::read);
  EXPECT_EQ((*(*store)->samples_of(sha('b')))->series, whole.head.series);
}

// Whether a commit that nobody heard of took place cannot be known, so it is sent again.
TEST_F(Delivered, LosesAndDoublesNothingWhenTheServerIsKilledAgainAndAgain) {
  constexpr int k_writers = 2;
  constexpr int k_each = 60;
  std::vector<pid_t> writers;
  for (int w = 0; w < k_writers; ++w) {
    writers.push_back(fork());
    if (writers.back() != 0) continue;
    for (int i = 0; i < k_each; ++i)
      if (!send(record_of(sha(static_cast<char>('a' + w)), second(i)))) _exit(1);
    _exit(0);
  }
  for (int times = 0; times < 3; ++times) {
    usleep(150'000);
    server_.kill();
    server_.start();
  }
  for (const pid_t writer : writers) {
    int status = -1;
    waitpid(writer, &status, 0);
    EXPECT_EQ(status, 0);
  }
  ASSERT_TRUE(send(record_of(sha('c'), second(0))));  // takes along what the last ones could not send
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM runs"), std::to_string(k_writers * k_each + 1));
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM raw"), std::to_string(k_writers * k_each + 1));
}

TEST_F(Delivered, ADamagedFileOfUnsentRunsDoesNotHinderNewOnes) {
  directory_.write("unsent.db", std::string(4096, 'x'));
  const auto sent = send(record_of(sha('a'), second(0)));
  ASSERT_TRUE(sent) << sent.error().text();
  ASSERT_TRUE(sent->still_unsent);
  EXPECT_EQ(sent->still_unsent->where, unsent_);
  EXPECT_EQ(server_.ask("history", "SELECT count(*) FROM runs"), "1");
}

TEST_F(Delivered, ToAFileIsAnErrorWhenTheFileCannotBeWritten) {
  directory_.write("file", "x");
  const RunRecord record = record_of(sha('a'), second(0));
  EXPECT_FALSE(deliver("sqlite:" + (directory_ / "file/history.db"), std::span(&record, 1), unsent_));
  EXPECT_FALSE(os::exists(unsent_));
}

TEST_F(Delivered, SaysWhatTheServerRefused) {
  const auto missing =
      open("postgresql://tester@/nothing?host=" + address_.substr(address_.find("host=") + 5), Access::write);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().what.find("\"nothing\" does not exist"), std::string::npos) << missing.error().what;
  const auto none = open(address_, Access::read);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().what.find("no history in this database yet"), std::string::npos) << none.error().what;
  for (const char* secret : {"postgresql://me:hunter2@host/db", "postgresql://host/db?password=hunter2"}) {
    const auto refused = open(secret, Access::write);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::config);
    EXPECT_EQ(refused.error().text().find("hunter2"), std::string::npos) << refused.error().text();
  }
}

TEST_F(Delivered, AReaderOnAServerCanChangeNothing) {
  ASSERT_TRUE(send(record_of(sha('a'), second(0))));
  const auto store = open(address_, Access::read);
  ASSERT_TRUE(store) << store.error().text();
  const auto saved = (*store)->save(record_of(sha('b'), second(1)));
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().what.find("cannot be written"), std::string::npos) << saved.error().what;
}

TEST(KilledWriters, LeaveAWholeFileEveryTime) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto save = [&](const std::string& time) {
    auto store = open("sqlite:" + path, Access::write);
    return store && (*store)->save(record_of(sha('a'), time));
  };
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(save(second(0)));
  const std::chrono::duration<double, std::micro> one = std::chrono::steady_clock::now() - began;
  constexpr int k_times = 200;
  for (int i = 0; i < k_times; ++i) {
    const pid_t writer = fork();
    if (writer == 0) {
      for (int run = 0; run < 300; ++run) (void)save(second(run) + std::to_string(i));
      _exit(1);
    }
    usleep(static_cast<useconds_t>(one.count() * 0.1 * (1 + i % 20)));  // before its first run is there, or after some
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
  }
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(ask(path, "SELECT count(*) FROM runs WHERE NOT EXISTS (SELECT 1 FROM raw WHERE run_id = runs.id)"), "0");
  EXPECT_GT(std::stoi(ask(path, "SELECT count(*) FROM runs")), 1);
  EXPECT_TRUE(open_or_fail(path)->samples_of(sha('a'))->has_value());
}

}  // namespace
}  // namespace perfwarden::store
