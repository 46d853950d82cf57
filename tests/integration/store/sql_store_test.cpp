#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "integration/store/records.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"

namespace perfwarden::store {
namespace {

namespace fs = std::filesystem;
using support::TemporaryDirectory;

TEST(SqlStore, MakesTheFileAndItsFolders) {
  const TemporaryDirectory directory;
  const std::string path = directory / "a/b/history.db";
  const mode_t before = umask(022);
  ASSERT_NE(open_or_fail(path), nullptr);
  umask(before);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0644U);
  EXPECT_EQ(ask(path, "PRAGMA user_version"), "11");
  EXPECT_EQ(ask(path, "PRAGMA journal_mode"), "delete");
}

TEST(SqlStore, RefusesWhatIsNoDatabaseAndSaysTheCure) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("history.db", std::string(4096, 'x'));
  const auto opened = open("sqlite:" + path, Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::store);
  EXPECT_EQ(opened.error().where, path);
  EXPECT_NE(opened.error().hint.find("move the file away"), std::string::npos);
  EXPECT_EQ(support::slurp(path), std::string(4096, 'x')) << "it is left as it was";
}

TEST(SqlStore, DamagedPagesAreAnErrorNotACrash) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  {
    const auto store = open_or_fail(path);
    for (int i = 10; i < 40; ++i)
      ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:" + std::to_string(i) + "Z")));
  }
  const std::string good = support::slurp(path);
  for (std::size_t cut = 1; cut < 8; ++cut) {
    std::string bad = good;
    for (std::size_t at = 100; at < bad.size(); at += 97 * cut) bad[at] = '\x5A';
    directory.write("bad.db", bad);
    const auto opened = open("sqlite:" + (directory / "bad.db"), Access::write);
    if (!opened) {
      EXPECT_EQ(opened.error().kind, ErrorKind::store);
      continue;
    }
    const auto runs = (*opened)->runs("", 100);
    EXPECT_TRUE(runs || !runs.error().hint.empty());
    (void)(*opened)->samples_of(sha('a'));
    (void)(*opened)->save(record_of(sha('b'), "2026-11-02T10:00:00Z"));
  }
  directory.write("short.db", good.substr(0, good.size() / 2));
  const auto opened = open("sqlite:" + (directory / "short.db"), Access::write);
  const bool refused = !opened || !(*opened)->runs("", 100) || !(*opened)->samples_of(sha('a'));
  EXPECT_TRUE(refused);
}

TEST(SqlStore, TriggersOfAStrangersFileDoNotRun) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path, "CREATE TRIGGER evil AFTER INSERT ON runs BEGIN UPDATE runs SET conclusion = 'pass'; END");
  const auto store = open_or_fail(path);
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.conclusion = "fail";
  ASSERT_TRUE(store->save(record));
  EXPECT_EQ((*store->runs("", 1))[0].conclusion, "fail");
}

TEST(SqlStore, AnEndlessViewInPlaceOfATableIsAnErrorAtOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path,
      "PRAGMA foreign_keys = OFF; DROP TABLE runs; CREATE VIEW runs AS WITH RECURSIVE e(id) AS (SELECT 1 UNION ALL "
      "SELECT "
      "id + 1 FROM e) SELECT id, '' AS identity, '' AS session, '' AS commit_sha, '' AS branch, '' AS time, 1 AS "
      "machine_id, '' AS config_hash, '' AS tool, '' AS base_commit, '' AS event, 0 AS pull_request, '' AS conclusion, "
      "'' "
      "AS warnings FROM e");
  const auto store = store::open("sqlite:" + path, Access::read);
  EXPECT_FALSE(store && (*store)->runs("", 1)) << "a query of it would never end";
}

TEST(SqlStore, FolderThatCannotBeMadeIsAnErrorWithTheCure) {
  const TemporaryDirectory directory;
  directory.write("file", "x");
  const auto opened = open("sqlite:" + (directory / "file/history.db"), Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::store);
  EXPECT_FALSE(opened.error().hint.empty());
}

// Runs `work` in a child that is not root, since root may write anywhere; gives its exit status.
int as_nobody(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(99);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SqlStore, ReadOnlyFolderIsAnErrorAndReadingStillWorks) {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), static_cast<fs::perms>(0755));
  const std::string path = directory / "locked/history.db";
  ASSERT_TRUE(open_or_fail(path)->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  fs::permissions(path, static_cast<fs::perms>(0444));
  fs::permissions(directory / "locked", static_cast<fs::perms>(0555));
  EXPECT_EQ(as_nobody([&] {
              auto made = open("sqlite:" + (directory / "locked/new.db"), Access::write);
              return !made && made.error().kind == ErrorKind::store && !made.error().hint.empty() ? 0 : 1;
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              auto opened = open("sqlite:" + path, Access::write);
              if (!opened) return 1;
              if ((*opened)->runs("", 5)->size() != 1) return 2;
              const auto saved = (*opened)->save(record_of(sha('b'), "2026-11-02T10:00:00Z"));
              return !saved && saved.error().what.find("cannot be written") != std::string::npos ? 0 : 3;
            }),
            0);
  fs::permissions(directory / "locked", static_cast<fs::perms>(0755));
}

TEST(OpenStore, LookingWhetherThereIsOneMakesNone) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  EXPECT_FALSE(exists("sqlite:" + path).value_or(true));
  EXPECT_FALSE(fs::exists(path));
  ASSERT_NE(open_or_fail(path), nullptr);
  EXPECT_TRUE(exists("sqlite:" + path).value_or(false));
  EXPECT_FALSE(exists(path).has_value()) << "an address, not a path";
}

TEST(OpenStore, RefusesOtherAddresses) {
  for (const char* url : {"", "sqlite:", "postgres://host/db", "history.db", "SQLITE:x"}) {
    const auto opened = open(url, Access::write);
    ASSERT_FALSE(opened.has_value()) << url;
    EXPECT_NE(opened.error().hint.find("sqlite:"), std::string::npos);
  }
}

}  // namespace
}  // namespace perfwarden::store
