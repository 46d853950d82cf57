#include <gtest/gtest.h>

#include "config/load.hpp"
#include "support/fakes.hpp"

namespace perfwarden::config {
namespace {

TEST(FindConfig, PrefersTheRootToTheGithubFolder) {
  const support::TemporaryDirectory folder;
  EXPECT_EQ(find_file(folder.path()), std::nullopt);
  const std::string hidden = folder.write(".github/perfwarden.yml", "version: 1\n");
  EXPECT_EQ(find_file(folder.path()), hidden);
  const std::string root = folder.write("perfwarden.yml", "version: 1\n");
  EXPECT_EQ(find_file(folder.path()), root);
  EXPECT_EQ(find_file(folder.path() + "/"), root);
}

}  // namespace
}  // namespace perfwarden::config
