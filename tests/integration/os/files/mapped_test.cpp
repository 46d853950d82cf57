#include "os/files/mapped.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

constexpr std::size_t k_plenty = std::size_t{1} << 20;

TEST(MappedFile, ShowsTheBytesOfAFile) {
  const support::TemporaryDirectory folder;
  const auto file = MappedFile::open(folder.write("text", "one\ntwo"), k_plenty);
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(file->bytes(), "one\ntwo");
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  const support::TemporaryDirectory folder;
  const auto file = MappedFile::open(folder.write("empty", ""), k_plenty);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->bytes().empty());
}

TEST(MappedFile, ReadsAPipeToItsEnd) {
  const support::TemporaryDirectory folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string text(200'000, 'x');
  std::thread writer([&] { ASSERT_TRUE(write_file(path, text)); });
  const auto file = MappedFile::open(path, k_plenty);
  writer.join();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes(), text);
}

TEST(MappedFile, RefusesWhatIsTooLargeOrNotThereOrAFolder) {
  const support::TemporaryDirectory folder;
  const auto large = MappedFile::open(folder.write("large", std::string(2048, 'x')), 1024);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::io);
  EXPECT_TRUE(MappedFile::open(folder / "large", 2048));
  const auto absent = MappedFile::open(folder / "absent", k_plenty);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().where, folder / "absent");
  EXPECT_FALSE(MappedFile::open(folder.path(), k_plenty));
  EXPECT_FALSE(MappedFile::open("/dev/zero", 100'000)) << "an endless device ends at the limit";
}

TEST(MappedFile, CanBeMoved) {
  const support::TemporaryDirectory folder;
  auto first = MappedFile::open(folder.write("first", "first"), k_plenty);
  auto second = MappedFile::open(folder.write("second", "second"), k_plenty);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  MappedFile moved(std::move(*first));
  EXPECT_EQ(moved.bytes(), "first");
  moved = std::move(*second);
  EXPECT_EQ(moved.bytes(), "second");
}

}  // namespace
}  // namespace perfwarden::os
