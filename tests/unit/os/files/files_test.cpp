#include "os/files/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "os/files/folder_lock.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::slurp;
using support::TemporaryDirectory;

TEST(Files, WrittenInPiecesAppearWholeOrStayAsTheyWere) {
  const support::TemporaryDirectory folder;
  const std::string path = folder / "below/text";
  ASSERT_TRUE(write_file_in_pieces(path, [](const Sink& sink) {
    sink("one ");
    sink("two");
    return Nothing{};
  }));
  EXPECT_EQ(support::slurp(path), "one two");
  const Status failed = write_file_in_pieces(path, [](const Sink& sink) -> Status {
    sink("half");
    return Error{.kind = ErrorKind::parse, .what = "damaged"};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "damaged");
  EXPECT_EQ(support::slurp(path), "one two");
  const auto left = list_directory(folder / "below");
  ASSERT_TRUE(left);
  EXPECT_EQ(*left, std::vector<std::string>{"text"}) << "no temporary file stays";
  const Status full = write_file_in_pieces("/dev/full", [](const Sink& sink) {
    sink("one");
    sink("two");
    return Nothing{};
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::io);
}

TEST(Files, WriteThenReadGivesTheSameBytes) {
  const TemporaryDirectory folder;
  const std::string bytes("a\0b\xff\r\n", 6);
  ASSERT_TRUE(write_file(folder / "deep/er/file", bytes));
  EXPECT_EQ(read_file(folder / "deep/er/file").value(), bytes);
  EXPECT_TRUE(exists(folder / "deep/er/file"));
  EXPECT_FALSE(exists(folder / "deep/er/other"));
}

TEST(Files, WriteReplacesAndLeavesNoTemporaryFile) {
  const TemporaryDirectory folder;
  const std::string path = folder.write("report.json", "old and longer");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  ASSERT_TRUE(write_file(path, "new"));
  EXPECT_EQ(slurp(path), "new");
  EXPECT_EQ(list_directory(folder.path()).value(), std::vector<std::string>{"report.json"});
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(Files, WriteReplacesALinkInsteadOfWhatItPointsTo) {
  const TemporaryDirectory folder;
  const std::string victim = folder.write("victim", "untouched");
  ASSERT_EQ(::symlink(victim.c_str(), (folder / "report.json").c_str()), 0);
  ASSERT_TRUE(write_file(folder / "report.json", "new"));
  EXPECT_EQ(slurp(victim), "untouched");
  EXPECT_EQ(slurp(folder / "report.json"), "new");
}

// The current folder, as long as it lives.
class Inside {
 public:
  explicit Inside(const std::string& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~Inside() { std::filesystem::current_path(before_); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::filesystem::path before_;
};

TEST(Files, NothingIsWrittenThroughALinkBelowTheCurrentFolder) {
  const TemporaryDirectory workspace, elsewhere;
  std::filesystem::create_directory_symlink(elsewhere.path(), workspace / "reports");
  std::filesystem::create_directory(workspace / "plain");
  std::filesystem::create_directory_symlink("plain", workspace / "inner");
  std::filesystem::create_symlink(elsewhere / "target", workspace / "log");
  const Inside inside(workspace.path());
  for (const std::string path : {"reports/a.json", "reports/new/a.json", "inner/a.json", "./plain/../reports/a.json"}) {
    const Status written = write_file(path, "text");
    ASSERT_FALSE(written) << path;
    EXPECT_NE(written.error().what.find("symbolic link"), std::string::npos) << written.error().what;
    EXPECT_FALSE(written.error().hint.empty());
  }
  EXPECT_FALSE(write_file(workspace / "reports/a.json", "the same folder by its whole name"));
  EXPECT_FALSE(make_directories("reports/new"));
  EXPECT_FALSE(append_file("log", "text"));
  EXPECT_FALSE(FolderLock::try_lock("reports"));
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
  EXPECT_TRUE(std::filesystem::is_empty(workspace / "plain"));
  EXPECT_TRUE(write_file("new/folder/a.json", "text"));
  EXPECT_EQ(support::slurp(workspace / "new/folder/a.json"), "text");
}

TEST(Files, ElsewhereLinksAreTheUsersOwn) {
  const TemporaryDirectory workspace, elsewhere;
  std::filesystem::create_directory(elsewhere / "real");
  std::filesystem::create_directory_symlink(elsewhere / "real", elsewhere / "link");
  const Inside inside(workspace.path());
  EXPECT_TRUE(write_file(elsewhere / "link/a", "text"));
  EXPECT_EQ(support::slurp(elsewhere / "real/a"), "text");
}

TEST(Files, AWriteSweepsWhatKilledOnesLeftButNotWhatIsBeingWritten) {
  const TemporaryDirectory folder;
  folder.write("other.json.tmp-0123456789abcdef", "left");
  folder.write("note.tmp-more", "the user's");
  const auto written = write_file_in_pieces(folder / "a", [&](const Sink& sink) -> Status {
    sink("a");
    EXPECT_TRUE(write_file(folder / "b", "b")) << "another process, meanwhile";
    return Nothing{};
  });
  EXPECT_TRUE(written);
  EXPECT_EQ(list_directory(folder.path()).value_or({}), (std::vector<std::string>{"a", "b", "note.tmp-more"}));
}

TEST(Files, WriteGoesThroughADevice) {
  ASSERT_TRUE(write_file("/dev/null", "text"));
  struct stat status {};
  ASSERT_EQ(::stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST(Files, FullDiskIsAnErrorWithACure) {
  const Status written = write_file("/dev/full", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what, "cannot write: No space left on device");
  EXPECT_EQ(written.error().where, "/dev/full");
  EXPECT_EQ(written.error().hint, "free some space on that disk");
}

TEST(Files, WriteBelowAFileFails) {
  const TemporaryDirectory folder;
  folder.write("file", "");
  const Status written = write_file(folder / "file/below", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::io);
}

TEST(Files, NamesWithANulAreRefused) {
  const TemporaryDirectory folder;
  const std::string path = folder / std::string("a\0b", 3);
  EXPECT_FALSE(write_file(path, "text"));
  EXPECT_FALSE(read_file(path));
  EXPECT_FALSE(append_file(path, "text"));
  EXPECT_FALSE(make_directories(path));
  EXPECT_FALSE(exists(path));
  EXPECT_TRUE(list_directory(folder.path())->empty());
}

TEST(Files, AppendAddsAtTheEndAndMakesTheFile) {
  const TemporaryDirectory folder;
  ASSERT_TRUE(append_file(folder / "log", "one\n"));
  ASSERT_TRUE(append_file(folder / "log", "two\n"));
  EXPECT_EQ(slurp(folder / "log"), "one\ntwo\n");
  EXPECT_FALSE(append_file(folder / "absent/log", "x"));
}

TEST(Files, ReadNamesPathAndReason) {
  const TemporaryDirectory folder;
  const auto absent = read_file(folder / "absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().text(), folder / "absent" + ": error: cannot read: No such file or directory");
  const auto directory = read_file(folder.path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().what, "cannot read: Is a directory");
}

TEST(Files, ReadStopsAtTheLimit) {
  const TemporaryDirectory folder;
  const std::string path = folder.write("file", "12345");
  EXPECT_EQ(read_file(path, 5).value(), "12345");
  const auto cut = read_file(path, 4);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().what, "is larger than the limit of 4 bytes");
  const auto endless = read_file("/dev/zero", 1 << 20);
  ASSERT_FALSE(endless) << "an endless file must not be read to its end";
  EXPECT_EQ(endless.error().what, "is larger than the limit of 1 MiB");
  EXPECT_EQ(endless.error().hint, "split it, or remove what is not needed");
}

TEST(Files, ReadTakesFilesThatTellNoSize) {
  EXPECT_NE(read_file("/proc/self/status")->find("Pid:"), std::string::npos);
}

TEST(Files, ListIsSortedAndAnAbsentFolderIsAnError) {
  const TemporaryDirectory folder;
  folder.write("b", "");
  folder.write("a/x", "");
  folder.write(".c", "");
  EXPECT_EQ(list_directory(folder.path()).value(), (std::vector<std::string>{".c", "a", "b"}));
  EXPECT_FALSE(list_directory(folder / "absent"));
}

TEST(Files, RemoveAllDoesNotFollowLinks) {
  const TemporaryDirectory folder;
  const std::string victim = folder.write("outside/file", "kept");
  folder.write("inside/file", "");
  ASSERT_EQ(::symlink((folder / "outside").c_str(), (folder / "inside/link").c_str()), 0);
  ASSERT_TRUE(remove_all(folder / "inside"));
  EXPECT_FALSE(exists(folder / "inside"));
  EXPECT_EQ(slurp(victim), "kept");
  EXPECT_TRUE(remove_all(folder / "absent"));
  EXPECT_FALSE(remove_all(""));
}

TEST(Files, TemporaryDirectoriesArePrivateAndDiffer) {
  const auto one = make_temporary_directory("pw-test-");
  const auto two = make_temporary_directory("pw-test-");
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  struct stat status {};
  ASSERT_EQ(::stat(one->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  EXPECT_TRUE(remove_all(*one) && remove_all(*two));
}

unsigned owner(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_uid;
}

TEST(Files, GivingToTheOwnerReachesAllBelowButNothingOutside) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TemporaryDirectory folder;
  folder.write("workspace/out/deep/file", "");
  folder.write("elsewhere/file", "");
  ASSERT_EQ(::symlink((folder / "elsewhere").c_str(), (folder / "workspace/out/link").c_str()), 0);
  ASSERT_EQ(::link((folder / "elsewhere/file").c_str(), (folder / "workspace/out/second_name").c_str()), 0);
  ASSERT_EQ(::chown((folder / "workspace").c_str(), 1001, 1001), 0);
  ASSERT_TRUE(give_to_owner_of(folder / "workspace/out", folder / "workspace"));
  EXPECT_EQ(owner(folder / "workspace/out"), 1001U);
  EXPECT_EQ(owner(folder / "workspace/out/deep/file"), 1001U);
  EXPECT_EQ(owner(folder / "workspace/out/link"), 1001U);
  EXPECT_EQ(owner(folder / "elsewhere"), 0U);
  EXPECT_EQ(owner(folder / "elsewhere/file"), 0U) << "a hard link must not give away the file behind it";
  EXPECT_FALSE(give_to_owner_of(folder / "workspace/out", folder / "absent"));
  EXPECT_FALSE(give_to_owner_of(folder / "absent", folder / "workspace"));
}

TEST(Files, TemporaryFoldersOfKilledRunsAreSweptOnceTheyAreOld) {
  const TemporaryDirectory root;
  const auto aged = [&](const std::string& name, int hours) {
    root.write(name + "/inner/file", "x");
    std::filesystem::last_write_time(root / name,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  aged("perfwarden-git-old", 49);
  aged("perfwarden-git-new", 47);
  aged("someone-else", 1000);
  aged("target", 1000);
  std::filesystem::create_directory_symlink(root / "target", root / "perfwarden-link");
  sweep_stale_temporaries(root.path());
  EXPECT_FALSE(exists(root / "perfwarden-git-old"));
  for (const char* kept : {"perfwarden-git-new", "someone-else", "target/inner/file", "perfwarden-link"})
    EXPECT_TRUE(exists(root / kept)) << kept;
}

TEST(Files, AbsolutePathIsNormalised) {
  EXPECT_EQ(absolute_path("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(absolute_path("/"), "/");
  const std::string here = absolute_path(".");
  EXPECT_EQ(here.front(), '/');
  EXPECT_EQ(absolute_path("x"), here == "/" ? "/x" : here + "/x");
}

}  // namespace
}  // namespace perfwarden::os
