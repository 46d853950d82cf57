#include "github/zip.hpp"

#include <gtest/gtest.h>

#include "support/zip.hpp"

namespace perfwarden::github {
namespace {

using support::make_zip;
using support::ZipEntry;

constexpr std::size_t k_most = 1'000'000;

std::string why_not(const std::string& zip, const std::string& name = "a", std::size_t most = k_most) {
  const auto entry = read_zip_entry(zip, name, most);
  return entry ? "read: " + *entry : entry.error().what.substr(std::string("the zip archive is not usable: ").size());
}

TEST(Zip, AnEntryIsFoundByItsExactName) {
  const std::string large(200'000, 'x');
  const std::string zip =
      make_zip({{"dir/a", "other"}, {"a", "text"}, {"b", large}, {"stored", "plain", 0, 0}}, "talk");
  EXPECT_EQ(read_zip_entry(zip, "a", k_most).value_or(""), "text");
  EXPECT_EQ(read_zip_entry(zip, "dir/a", k_most).value_or(""), "other");
  EXPECT_EQ(read_zip_entry(zip, "b", k_most).value_or(""), large);
  EXPECT_EQ(read_zip_entry(zip, "stored", k_most).value_or(""), "plain");
  EXPECT_EQ(why_not(zip, "A"), "it has no entry 'A'");
  EXPECT_EQ(why_not(zip, "../a"), "it has no entry '../a'");
}

TEST(Zip, AnEmptyEntryIsEmpty) {
  EXPECT_EQ(why_not(make_zip({{"a", ""}})), "read: ");
}

TEST(Zip, WhatTwoReadersCouldReadInTwoWaysIsRefused) {
  EXPECT_EQ(why_not(make_zip({{"a", "one"}, {"a", "two"}})), "two entries have the name that is looked for");
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 8, "b"}})), "the two headers of an entry differ");
}

TEST(Zip, WhatIsEncryptedOrPackedOtherwiseIsRefused) {
  EXPECT_EQ(why_not(make_zip({{"a", "one", 9}})), "the entry is encrypted");
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 12}})), "the entry is packed in an unknown way");
}

TEST(Zip, ALieAboutTheSizeIsRefusedBeforeMemoryIsTaken) {
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 8, "", 4'000'000'000}})), "the entry holds more than 1000000 bytes");
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 8, "", 900'000}})), "the entry's data are damaged");
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 8, "", 2}})), "the entry's data are damaged");
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 0, "", 2}})), "the entry's length is wrong");
  EXPECT_EQ(why_not(make_zip({{"a", "one"}}), "a", 2), "the entry holds more than 2 bytes");
}

TEST(Zip, AWrongChecksumIsNoticed) {
  EXPECT_EQ(why_not(make_zip({{"a", "one", 8, 8, "", -1, true}})), "the entry's checksum is wrong");
}

TEST(Zip, EveryCutAndEveryFlippedByteIsSurvived) {
  const std::string zip = make_zip({{"a", "one"}, {"b", "two"}}, "comment");
  for (std::size_t size = 0; size < zip.size(); ++size) EXPECT_FALSE(read_zip_entry(zip.substr(0, size), "a", k_most));
  for (std::size_t at = 0; at < zip.size(); ++at)
    for (const char flip : {'\x01', '\x80', '\xFF'}) {
      std::string broken = zip;
      broken[at] = static_cast<char>(broken[at] ^ flip);
      const auto entry = read_zip_entry(broken, "a", k_most);
      EXPECT_TRUE(!entry || *entry == "one") << at;
    }
}

}  // namespace
}  // namespace perfwarden::github
