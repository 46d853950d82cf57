#include "checkout/build_cache.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/fakes.hpp"

namespace perfwarden::checkout {
namespace {
namespace fs = std::filesystem;
using support::TemporaryDirectory;

const BuildKey k_key{{"tree", "1234"}, {"compiler", "cc 12"}};

// A folder that is checked out, built, and thrown away as often as one likes.
class Builds : public testing::Test {
 protected:
  void SetUp() override { check_out(); }

  void check_out() {
    fs::remove_all(worktree());
    work_.write("tree/.git", "gitdir: elsewhere");
    work_.write("tree/src/main.c", "int main;");
    work_.write("tree/Makefile", "all:");
    checkout_ = *os::read_tree(worktree());
  }
  void build() {
    work_.write("tree/out/deep/program", "machine code");
    fs::permissions(work_ / "tree/out/deep/program", static_cast<fs::perms>(0750));
    work_.write("tree/src/main.o", "object");
    fs::create_symlink("deep/program", work_ / "tree/out/latest");
  }
  [[nodiscard]] std::string worktree() const { return work_ / "tree"; }
  [[nodiscard]] BuildCache cache(std::uint64_t limit = 1 << 20) const {
    auto opened = BuildCache::open(work_ / "cache", limit);
    EXPECT_TRUE(opened) << opened.error().text();
    return *opened;
  }
  Result<std::uint64_t> keep(const BuildKey& key = k_key) {
    return cache().keep(key, worktree(), checkout_, {41.5, "2026-11-20T10:00:00Z"});
  }
  BuildCache::Answer restore(const BuildKey& key = k_key) {
    auto answer = cache().restore(key, worktree(), checkout_);
    EXPECT_TRUE(answer) << answer.error().text();
    return *answer;
  }
  void build_and_keep(const BuildKey& key = k_key) {
    build();
    const auto kept = keep(key);
    ASSERT_TRUE(kept) << kept.error().text();
    check_out();
  }
  [[nodiscard]] std::string entry(const BuildKey& key = k_key) const { return (work_ / "cache/") + digest_of(key); }
  [[nodiscard]] std::size_t things_in_cache() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(work_ / "cache"), fs::directory_iterator()));
  }
  // What must hold of any damage: said, removed, never restored.
  void expect_damaged(const std::string& what) {
    const BuildCache::Answer answer = restore();
    EXPECT_FALSE(answer.found) << what;
    EXPECT_TRUE(answer.damaged) << what;
    EXPECT_NE(answer.why_not.find("damaged"), std::string::npos) << answer.why_not;
    EXPECT_FALSE(fs::exists(fs::symlink_status(entry()))) << what;
  }

  TemporaryDirectory work_;
  os::Tree checkout_;
};

TEST_F(Builds, ComeBackAsTheyWereTimesIncluded) {
  build();
  const os::Tree built = *os::read_tree(worktree());
  ASSERT_TRUE(keep());
  check_out();
  const BuildCache::Answer answer = restore();
  ASSERT_TRUE(answer.found) << answer.why_not;
  EXPECT_DOUBLE_EQ(answer.found->build_s, 41.5);
  EXPECT_EQ(answer.found->built, "2026-11-20T10:00:00Z");
  EXPECT_EQ(*os::read_tree(worktree()), built);
  EXPECT_EQ(support::slurp(work_ / "tree/.git"), "gitdir: elsewhere") << "git's own file is not touched";
}

TEST_F(Builds, HoldNoLinksAndNothingThatOthersCanRead) {
  build_and_keep();
  for (const auto& one : fs::recursive_directory_iterator(entry())) {
    EXPECT_FALSE(one.is_symlink()) << one.path();
    struct stat status {};
    ASSERT_EQ(lstat(one.path().c_str(), &status), 0);
    if (one.path().string().find("/files/") != std::string::npos) {
      EXPECT_EQ(status.st_mode & 077, 0U) << one.path();
    }
  }
  EXPECT_EQ(fs::status(entry()).permissions(), fs::perms::owner_all);
  EXPECT_FALSE(fs::exists(entry() + "/files/src/main.c")) << "files of the repository come from git";
}

TEST_F(Builds, OfAnotherKeyAreAMissThatNamesWhatDiffers) {
  EXPECT_EQ(restore().why_not, "it was not built before");
  build_and_keep();
  const BuildCache::Answer other = restore({{"tree", "1234"}, {"compiler", "cc 13"}});
  EXPECT_FALSE(other.found);
  EXPECT_FALSE(other.damaged);
  EXPECT_NE(other.why_not.find("not with the same compiler"), std::string::npos) << other.why_not;
  EXPECT_EQ(restore({{"tree", "999"}, {"compiler", "cc 12"}}).why_not, "it was not built before");
  EXPECT_TRUE(restore().found) << "misses harm nothing";
}

TEST_F(Builds, KeysDoNotRunTogether) {
  EXPECT_NE(digest_of(BuildKey{{"a", "bc"}}), digest_of(BuildKey{{"ab", "c"}}));
  EXPECT_NE(digest_of(BuildKey{{"a", "b"}, {"c", "d"}}), digest_of(BuildKey{{"a", "b1:c1:d"}}));
  os::Tree changed = checkout_;
  for (os::TreeEntry& one : changed) one.modified_ns += 1;
  EXPECT_EQ(digest_of(changed), digest_of(checkout_)) << "a checkout's times are of no weight";
  changed.back().mode ^= 0100U;
  EXPECT_NE(digest_of(changed), digest_of(checkout_));
}

TEST_F(Builds, WhoseFilesWereChangedAreDamaged) {
  build_and_keep();
  std::ofstream(entry() + "/files/out/deep/program") << "other code!!";  // of the same length
  const BuildCache::Answer answer = restore();
  EXPECT_FALSE(answer.found);
  EXPECT_TRUE(answer.damaged);
  EXPECT_TRUE(answer.untidy) << "the worktree holds it by now";
  EXPECT_FALSE(fs::exists(entry()));
}

TEST_F(Builds, ThatAreNotWholeAreDamaged) {
  build_and_keep();
  fs::remove(entry() + "/files/src/main.o");
  expect_damaged("a missing file");
  check_out();
  build_and_keep();
  fs::resize_file(entry() + "/list", 20);
  expect_damaged("a list that is cut off");
  build_and_keep();
  fs::remove(entry() + "/manifest.json");
  expect_damaged("no manifest");
  build_and_keep();
  std::ofstream(entry() + "/manifest.json") << "{\"schema\": \"perfwarden.build/1\", \"key\": [[1]]}";
  expect_damaged("another manifest");
  fs::create_directories(entry());
  expect_damaged("an empty folder");
}

TEST_F(Builds, OfARunThatWasKilledAreRemoved) {
  build_and_keep();
  fs::rename(entry(), work_ / ("cache/.unfinished-" + digest_of(k_key)));
  EXPECT_EQ(restore().why_not, "it was not built before");
  EXPECT_EQ(things_in_cache(), 0U);
}

TEST_F(Builds, LinksInAnEntryLeadNowhere) {
  const TemporaryDirectory elsewhere;
  elsewhere.write("program", "machine code");
  build_and_keep();
  fs::remove(entry() + "/files/out/deep/program");
  fs::create_symlink(elsewhere / "program", entry() + "/files/out/deep/program");
  expect_damaged("a link for a file");
  check_out();
  build_and_keep();
  fs::remove_all(entry() + "/files/out/deep");
  fs::create_directory_symlink(elsewhere.path(), entry() + "/files/out/deep");
  expect_damaged("a link for a folder");
  check_out();
  build_and_keep();
  fs::rename(entry(), elsewhere / "entry");
  fs::create_directory_symlink(elsewhere / "entry", entry());
  expect_damaged("a link for the entry");
  EXPECT_TRUE(fs::exists(elsewhere / "entry/list")) << "what it leads to is not removed";
  EXPECT_TRUE(fs::exists(elsewhere / "program"));
}

// As somebody would write it who can write to the cache: the list is whole and its digest fits.
TEST_F(Builds, AListThatLeadsOutOfTheWorktreeIsDamaged) {
  for (const std::string path : {"../evil", "/evil", "a/../../evil", ".git", ".git/config", "a//b"}) {
    build_and_keep();
    os::Tree list = checkout_;
    list.push_back({os::TreeEntry::Kind::link, path, 0, 0, 0, "/etc/passwd"});
    std::string text;
    for (const os::TreeEntry& one : list) {
      text += one.kind == os::TreeEntry::Kind::folder ? "folder"
              : one.kind == os::TreeEntry::Kind::file ? "file"
                                                      : "link";
      for (const std::string& field :
           {std::to_string(one.mode), std::to_string(one.bytes), std::string("0"), one.content, one.path})
        text += '\0' + field;
      text += '\0';
    }
    std::ofstream(entry() + "/list") << text;
    auto manifest = support::slurp(entry() + "/manifest.json");
    const std::size_t at = manifest.find("\"list\": \"") + 9;
    const os::Tree files = *os::read_tree(entry());
    const auto listed = std::find_if(files.begin(), files.end(), [](const auto& e) { return e.path == "list"; });
    manifest.replace(at, 64, listed->content);
    std::ofstream(entry() + "/manifest.json") << manifest;
    const BuildCache::Answer answer = restore();
    EXPECT_TRUE(answer.damaged) << path;
    EXPECT_NE(answer.why_not.find("something impossible"), std::string::npos) << answer.why_not;
    EXPECT_FALSE(fs::exists(fs::symlink_status(work_ / "evil")));
  }
}

TEST_F(Builds, ThatChangeTheRepositorysFilesAreNotKept) {
  build();
  work_.write("tree/src/main.c", "int main2;");
  const auto changed = keep();
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().text().find("src/main.c: error: the build changes this file"), std::string::npos)
      << changed.error().text();
  fs::remove(work_ / "tree/src/main.c");
  const auto removed = keep();
  ASSERT_FALSE(removed);
  EXPECT_NE(removed.error().what.find("removes files"), std::string::npos);
  EXPECT_EQ(BuildCache::open(work_ / "cache", 1)->use()->entries, 0U);
}

TEST_F(Builds, ThatTouchFilesWithoutChangingThemAreKept) {
  build();
  fs::last_write_time(work_ / "tree/src/main.c", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(keep());
}

TEST_F(Builds, WithSpecialFilesOrLinksOutAreNotKept) {
  build();
  ASSERT_EQ(mkfifo((work_ / "tree/out/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(keep());
  fs::remove(work_ / "tree/out/pipe");
  for (const char* out : {"../../elsewhere", "/home/somebody/.cache/outputs", "/usr/../home/x"}) {
    fs::remove(work_ / "tree/out/link");
    fs::create_symlink(out, work_ / "tree/out/link");
    const auto kept = keep();
    ASSERT_FALSE(kept) << out;
    EXPECT_NE(kept.error().what.find("leads out of its folder"), std::string::npos);
  }
  fs::remove(work_ / "tree/out/link");
  fs::create_symlink("/usr/bin/python3", work_ / "tree/out/link");
  fs::create_symlink(worktree() + "/src", work_ / "tree/out/inside");
  EXPECT_TRUE(keep()) << "installed programs and the folder itself may be pointed at";
}

TEST_F(Builds, UsedLongestAgoMakeRoom) {
  const auto key = [](int i) { return BuildKey{{"tree", std::to_string(i)}}; };
  const auto keep_one = [&](int i) {
    work_.write("tree/out/big", std::string(400, 'x'));
    ASSERT_TRUE(cache(1000).keep(key(i), worktree(), checkout_, {}));
    check_out();
  };
  keep_one(1);
  keep_one(2);
  ASSERT_TRUE(restore(key(1)).found);  // so that 2 was used longest ago
  check_out();
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(entry(key(2)), long_ago);
  keep_one(3);
  EXPECT_TRUE(fs::exists(entry(key(1))));
  EXPECT_FALSE(fs::exists(entry(key(2))));
  EXPECT_TRUE(fs::exists(entry(key(3))));
  EXPECT_EQ(cache().use()->entries, 2U);
  EXPECT_EQ(cache().use()->bytes, 800U);

  work_.write("tree/out/big", std::string(2000, 'x'));
  const auto too_large = cache(1000).keep(key(4), worktree(), checkout_, {});
  ASSERT_FALSE(too_large);
  EXPECT_NE(too_large.error().what.find("larger than the limit"), std::string::npos);
  EXPECT_EQ(cache().use()->entries, 2U) << "and nothing makes room for what does not fit";
}

TEST_F(Builds, AHitCountsAsAUse) {
  build_and_keep();
  fs::last_write_time(entry(), fs::file_time_type::clock::now() - std::chrono::hours(1));
  const auto before = fs::last_write_time(entry());
  ASSERT_TRUE(restore().found);
  EXPECT_GT(fs::last_write_time(entry()), before);
}

TEST_F(Builds, TwoRunsAtOnceDoNotTreadOnEachOther) {
  build();
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      bool good = true;
      for (int round = 0; round < 10; ++round) good = keep().has_value() && good;
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  check_out();
  EXPECT_TRUE(restore().found);
  EXPECT_EQ(things_in_cache(), 1U);
}

TEST_F(Builds, BelongToTheOwnerOfTheWorktreeAgain) {
  if (geteuid() != 0) GTEST_SKIP() << "only root runs builds as another user";
  const auto give = [&] {
    for (const auto& one : fs::recursive_directory_iterator(worktree()))
      ASSERT_EQ(lchown(one.path().c_str(), 1001, 1001), 0);
    ASSERT_EQ(lchown(worktree().c_str(), 1001, 1001), 0);
  };
  build();
  give();
  ASSERT_TRUE(keep());
  check_out();
  give();
  ASSERT_TRUE(restore().found);
  struct stat status {};
  ASSERT_EQ(stat((work_ / "tree/out/deep/program").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1001U);
  ASSERT_EQ(stat((entry() + "/files/out/deep/program").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
}

}  // namespace
}  // namespace perfwarden::checkout
