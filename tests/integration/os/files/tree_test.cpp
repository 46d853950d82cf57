#include "os/files/tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/sha256.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;
using support::TemporaryDirectory;

const TreeEntry* entry_at(const Tree& tree, const std::string& path) {
  const auto found = std::find_if(tree.begin(), tree.end(), [&](const TreeEntry& e) { return e.path == path; });
  return found == tree.end() ? nullptr : &*found;
}

TEST(FileTree, TellsKindModeTimeAndContentOfEverythingButGit) {
  const TemporaryDirectory folder;
  folder.write(".git", "gitdir: elsewhere");
  folder.write("a/b.txt", "abc");
  fs::permissions(folder / "a/b.txt", static_cast<fs::perms>(04750));
  fs::create_symlink("../nowhere", folder / "a/link");
  const auto tree = read_tree(folder.path());
  ASSERT_TRUE(tree) << tree.error().text();
  ASSERT_EQ(tree->size(), 3U);
  EXPECT_EQ((*tree)[0].kind, TreeEntry::Kind::folder);
  EXPECT_EQ((*tree)[1].path, "a/b.txt");
  EXPECT_EQ((*tree)[1].mode, 0750U) << "set-user-id is never kept";
  EXPECT_EQ((*tree)[1].bytes, 3U);
  EXPECT_EQ((*tree)[1].content, sha256("abc"));
  EXPECT_EQ((*tree)[2].kind, TreeEntry::Kind::link);
  EXPECT_EQ((*tree)[2].content, "../nowhere");
}

TEST(FileTree, ACopyEqualsWhatWasCopiedTimesIncluded) {
  const TemporaryDirectory from, to;
  from.write("sub/deep/a", "1");
  from.write("sub/b", "2");
  fs::permissions(from / "sub/deep", static_cast<fs::perms>(0555));
  fs::create_symlink("b", from / "sub/link");
  timespec times[2] = {{1'000'000'000, 123'456'789}, {1'000'000'000, 123'456'789}};
  ASSERT_EQ(utimensat(AT_FDCWD, (from / "sub/b").c_str(), times, 0), 0);
  const auto tree = read_tree(from.path());
  ASSERT_TRUE(tree);
  ASSERT_TRUE(copy_files(from.path(), to.path(), *tree));
  EXPECT_FALSE(fs::exists(fs::symlink_status(to / "sub/link"))) << "links are made by their own function";
  ASSERT_TRUE(make_links_and_modes(to.path(), *tree));
  ASSERT_TRUE(set_times(to.path(), *tree));
  const auto copy = read_tree(to.path());
  ASSERT_TRUE(copy);
  EXPECT_EQ(*copy, *tree);
  EXPECT_EQ(entry_at(*copy, "sub/b")->modified_ns, 1'000'000'000'123'456'789);
  fs::permissions(from / "sub/deep", fs::perms::owner_all);
  fs::permissions(to / "sub/deep", fs::perms::owner_all);
}

TEST(FileTree, SpecialFilesAreRefused) {
  const TemporaryDirectory folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto tree = read_tree(folder.path());
  ASSERT_FALSE(tree);
  EXPECT_NE(tree.error().text().find("pipe: error: is a socket, pipe or device"), std::string::npos)
      << tree.error().text();
}

TEST(FileTree, WhatBelongsToSomebodyElseIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TemporaryDirectory folder;
  folder.write("theirs", "x");
  ASSERT_EQ(chown((folder / "theirs").c_str(), 1001, 1001), 0);
  const auto tree = read_tree(folder.path());
  ASSERT_FALSE(tree);
  EXPECT_NE(tree.error().what.find("belongs to user 1001"), std::string::npos);
}

TEST(FileTree, NoLinkIsFollowedWhenFilesAreCopied) {
  const TemporaryDirectory from, to, elsewhere;
  from.write("a/file", "x");
  const auto tree = read_tree(from.path());
  ASSERT_TRUE(tree);
  fs::create_directory_symlink(elsewhere.path(), to / "a");
  EXPECT_FALSE(copy_files(from.path(), to.path(), *tree));
  EXPECT_TRUE(fs::is_empty(elsewhere.path())) << "a link in the target leads nowhere";

  const TemporaryDirectory target;
  elsewhere.write("secret", "s");
  fs::remove(from / "a/file");
  fs::create_symlink(elsewhere / "secret", from / "a/file");
  EXPECT_FALSE(copy_files(from.path(), target.path(), *tree));
  EXPECT_FALSE(fs::exists(target / "a/file")) << "a link in the source is not read";
}

TEST(FileTree, AFileThatIsThereIsNotOverwritten) {
  const TemporaryDirectory from, to;
  from.write("file", "x");
  to.write("file", "keep");
  EXPECT_FALSE(copy_files(from.path(), to.path(), *read_tree(from.path())));
  EXPECT_EQ(support::slurp(to / "file"), "keep");
}

TEST(PrivateFolder, IsMadeForUsAlone) {
  const TemporaryDirectory folder;
  const auto made = make_private_folder(folder / "one/two/cache");
  ASSERT_TRUE(made) << made.error().text();
  struct stat status {};
  ASSERT_EQ(stat(made->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  EXPECT_EQ(status.st_uid, geteuid());
  EXPECT_EQ(*make_private_folder(folder / "one/two/cache"), *made) << "and found again";
}

TEST(PrivateFolder, WhatOthersCanWriteToOrReplaceIsRefused) {
  const TemporaryDirectory folder;
  fs::create_directories(folder / "open");
  fs::permissions(folder / "open", static_cast<fs::perms>(0777));
  auto refused = make_private_folder(folder / "open");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("can be written to by others"), std::string::npos);
  EXPECT_FALSE(make_private_folder(folder / "open/cache")) << "others could put another one in its place";
  fs::permissions(folder / "open", static_cast<fs::perms>(01777));
  EXPECT_TRUE(make_private_folder(folder / "open/cache")) << "the sticky bit forbids that";
  fs::permissions(folder / "open/cache", static_cast<fs::perms>(0770));
  EXPECT_FALSE(make_private_folder(folder / "open/cache"));
  fs::create_directory_symlink(folder / "open", folder / "link");
  EXPECT_FALSE(make_private_folder(folder / "link"));
}

TEST(PrivateFolder, AForeignOwnerIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give folders away";
  const TemporaryDirectory folder;
  fs::create_directories(folder / "theirs/cache");
  ASSERT_EQ(chown((folder / "theirs/cache").c_str(), 1001, 1001), 0);
  const auto refused = make_private_folder(folder / "theirs/cache");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("belongs to user 1001"), std::string::npos);
  ASSERT_EQ(chown((folder / "theirs").c_str(), 1001, 1001), 0);
  ASSERT_EQ(chown((folder / "theirs/cache").c_str(), 0, 0), 0);
  EXPECT_FALSE(make_private_folder(folder / "theirs/cache")) << "its parent's owner could replace it";
}

}  // namespace
}  // namespace perfwarden::os
