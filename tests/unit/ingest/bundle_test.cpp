#include "ingest/bundle.hpp"

#include <gmock/gmock.h>

#include <string>

namespace perfwarden::ingest {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(Bundle, GivesBackTheFilesThatWerePutTogether) {
  const std::string text = bundle({{"a/new/sample.json", "{\"x\": 1}"}, {"b.json", "line 1\nline 2\n"}});
  EXPECT_EQ(text, "==> a/new/sample.json <==\n{\"x\": 1}\n\n==> b.json <==\nline 1\nline 2\n");
  const auto files = unbundle(text, "whole");
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_EQ(files[0].path, "a/new/sample.json");
  EXPECT_EQ(files[0].text, "{\"x\": 1}\n\n");
  EXPECT_EQ(files[0].line, 2);
  EXPECT_EQ(files[1].path, "b.json");
  EXPECT_EQ(files[1].text, "line 1\nline 2\n");
  EXPECT_EQ(files[1].line, 5);
}

TEST(Bundle, TakesATextWithoutHeadingsAsOneFile) {
  EXPECT_FALSE(is_bundle("{\"x\": 1}\n==> not first <==\n"));
  const auto files = unbundle("{\"x\": 1}", "out.json");
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(files[0].path, "out.json");
  EXPECT_EQ(files[0].text, "{\"x\": 1}");
  EXPECT_EQ(files[0].line, 1);
}

TEST(Bundle, KeepsAPathFromOutsideOnItsLine) {
  const std::string text = bundle({{"evil\n==> other <==", "{}"}});
  const auto files = unbundle(text, "whole");
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(files[0].text, "{}\n");
}

TEST(Bundle, HoldsWhatHarnessesThatWriteFoldersWrite) {
  for (const char* path : {"sort/new/sample.json", "new/benchmark.json", "a/b/new/estimates.json", "x/summary.json"})
    EXPECT_TRUE(is_result_file(path)) << path;
  for (const char* path : {"sort/base/sample.json", "sort/new/tukey.json", "sort/renew/sample.json", "mysummary.json"})
    EXPECT_FALSE(is_result_file(path)) << path;
}

TEST(Bundle, SurvivesHeadingsWithoutTextAndWithoutPath) {
  EXPECT_FALSE(is_bundle("==>  <=="));
  EXPECT_FALSE(is_bundle(""));
  const auto files = unbundle("==> a <==\n==> b <==", "whole");
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_THAT(files[0].text, IsEmpty());
  EXPECT_THAT(files[1].text, IsEmpty());
}

}  // namespace
}  // namespace perfwarden::ingest
