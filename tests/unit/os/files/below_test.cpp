#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files/files.hpp"
#include "os/process/descriptors.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::TemporaryDirectory;
using testing::HasSubstr;

class Below : public testing::Test {
 protected:
  void link(const std::string& target, const std::string& name) {
    ASSERT_EQ(::symlink(target.c_str(), (folder_ / name).c_str()), 0);
  }
  TemporaryDirectory folder_;
  std::string root_ = (folder_.write("root/sub/file", "inside"), folder_.write("secret", "token"), folder_ / "root");
};

TEST_F(Below, ReadsWhatIsInside) {
  EXPECT_EQ(read_file_below(root_, "sub/file").value(), "inside");
  EXPECT_EQ(read_file_below(root_, "./sub//file").value(), "inside");
}

TEST_F(Below, ListsRegularFilesAndFollowsNoLinks) {
  folder_.write("root/a", "");
  link("../secret", "root/link");
  link("/", "root/sub/slash");
  EXPECT_EQ(list_files_below(root_, 10).value(), (std::vector<std::string>{"a", "sub/file"}));
  EXPECT_FALSE(list_files_below(root_, 1));
  EXPECT_FALSE(list_files_below(folder_ / "absent", 10));
  EXPECT_TRUE(is_directory(root_));
  EXPECT_FALSE(is_directory(root_ + "/a"));
}

TEST_F(Below, NothingLeadsOut) {
  link("../secret", "root/link");
  link("/", "root/slash");
  link("..", "root/up");
  link("/proc/self/environ", "root/environ");
  for (const std::string name : {"../secret", "link", "up/secret", "sub/../../secret", "environ", "slash/etc/passwd"}) {
    const auto text = read_file_below(root_, name);
    ASSERT_FALSE(text) << name;
    EXPECT_THAT(text.error().what, HasSubstr("leads out of its folder")) << name;
    EXPECT_FALSE(text.error().hint.empty());
  }
  EXPECT_FALSE(read_file_below(root_, folder_ / "secret"));
}

TEST_F(Below, WithoutTheKernelsHelpNoLinkIsFollowedAtAll) {
  link("../secret", "root/link");
  link("sub", "root/inner");
  link("..", "root/up");
  const UniqueFd root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd file = open_without_links(root.get(), "./sub//file", O_RDONLY);
  EXPECT_EQ(read_descriptor(file.get(), "file", 100).value(), "inside");
  for (const std::string name : {"../secret", "link", "up/secret", "sub/../../secret", "inner/file", "/etc/passwd"})
    EXPECT_FALSE(open_without_links(root.get(), name, O_RDONLY)) << name;
}

TEST_F(Below, OnlyRegularFilesOfModestSize) {
  ASSERT_EQ(::mkfifo((folder_ / "root/pipe").c_str(), 0600), 0);
  EXPECT_THAT(read_file_below(root_, "pipe").error().what, HasSubstr("not a regular file"));
  EXPECT_THAT(read_file_below(root_, "sub").error().what, HasSubstr("not a regular file"));
  EXPECT_THAT(read_file_below(root_, "absent").error().what, HasSubstr("No such file"));
  EXPECT_FALSE(read_file_below(root_, ""));
  EXPECT_FALSE(read_file_below(root_, "sub/file", 3));
  EXPECT_FALSE(read_file_below(folder_ / "absent", "sub/file"));
}

TEST_F(Below, RemovesTheFileOrTheLinkItself) {
  link("../secret", "root/link");
  ASSERT_TRUE(remove_file_below(root_, "link"));
  EXPECT_EQ(support::slurp(folder_ / "secret"), "token");
  ASSERT_TRUE(remove_file_below(root_, "sub/file"));
  EXPECT_FALSE(exists(folder_ / "root/sub/file"));
  EXPECT_TRUE(remove_file_below(root_, "sub/file")) << "gone already";
  EXPECT_TRUE(remove_file_below(root_, "no/such/folder/file"));
}

TEST_F(Below, RemovesNothingOutside) {
  link("..", "root/up");
  EXPECT_FALSE(remove_file_below(root_, "../secret"));
  EXPECT_FALSE(remove_file_below(root_, "up/secret"));
  EXPECT_FALSE(remove_file_below(root_, folder_ / "secret"));
  EXPECT_TRUE(exists(folder_ / "secret"));
  EXPECT_FALSE(remove_file_below(root_, "sub")) << "a folder is no file";
}

}  // namespace
}  // namespace perfwarden::os
