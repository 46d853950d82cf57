#include "profile/read/inflate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <zstd.h>

#include <memory>
#include <string>

#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

using testing::HasSubstr;

std::string gzip(const std::string& text) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> tool(libdeflate_alloc_compressor(9),
                                                                                      libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(tool.get(), text.size()), '\0');
  out.resize(libdeflate_gzip_compress(tool.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string said_of(const std::string& packed) {
  std::string inflated;
  const auto text = inflate(packed, "x.gz", inflated);
  return text ? "read " + std::to_string(text->size()) : text.error().text();
}

TEST(Inflate, ReadsWhatWasPackedAndLeavesTheRestAlone) {
  const std::string text = "main;work 12\n";
  EXPECT_EQ(said_of(gzip(text)), "read 13");
  EXPECT_EQ(said_of(gzip(text) + gzip(text)), "read 26") << "all members";
  EXPECT_EQ(said_of(zstd(text)), "read 13");
  EXPECT_EQ(said_of(text), "read 13");
  EXPECT_EQ(said_of(""), "read 0");
}

TEST(Inflate, LetsSmallFilesGrowByAnyFactor) {
  const std::string zeros(k_small_inflated_bytes, '\0');
  EXPECT_EQ(said_of(gzip(zeros)), "read " + std::to_string(zeros.size()));
  EXPECT_EQ(said_of(zstd(zeros)), "read " + std::to_string(zeros.size()));
}

TEST(Inflate, RefusesABombByItsRatioWithTheCure) {
  const std::string zeros(k_small_inflated_bytes + 1, '\0');
  for (const std::string& bomb : {gzip(zeros), zstd(zeros), gzip(zeros.substr(9)) + gzip(zeros.substr(9))}) {
    EXPECT_THAT(said_of(bomb), HasSubstr("holds more than 32 MiB when unpacked"));
    EXPECT_THAT(said_of(bomb), HasSubstr("unpack it yourself"));
  }
}

TEST(Inflate, RefusesABombThatLiesAboutItsSize) {
  std::string bomb = gzip(std::string(k_small_inflated_bytes + 1, '\0'));
  for (std::size_t i = 1; i <= 4; ++i) bomb[bomb.size() - i] = '\0';
  EXPECT_THAT(said_of(bomb), HasSubstr("holds more than 32 MiB"));
  std::string boast = gzip("main;work 12\n");
  for (std::size_t i = 1; i <= 4; ++i) boast[boast.size() - i] = '\x7f';
  EXPECT_THAT(said_of(boast), HasSubstr("gzip data are damaged"));
}

TEST(Inflate, SaysWhatIsDamaged) {
  EXPECT_THAT(said_of(gzip("main;work 12\n").substr(0, 20)), HasSubstr("gzip data are damaged"));
  EXPECT_THAT(said_of(zstd("main;work 12\n").substr(0, 10)), HasSubstr("zstd data are damaged"));
}

}  // namespace
}  // namespace perfwarden::profile
