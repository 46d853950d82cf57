#include "os/machine/toolchain.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;

class Toolchain : public testing::Test {
 protected:
  void tool(const std::string& name, const std::string& says) {
    folder_.write("bin/" + name, "#!/bin/sh\n" + says + "\n");
    fs::permissions(folder_ / ("bin/" + name), fs::perms::owner_all);
  }
  std::map<std::string, std::string> facts() {
    Command like;
    like.cwd = folder_.path();
    like.env = {{"PATH", (folder_ / "bin") + ":/nonexistent"}, {"HOME", folder_.path()}};
    std::map<std::string, std::string> out;
    for (auto& [name, value] : read_toolchain(processes_, like))
      EXPECT_TRUE(out.emplace(name, value).second) << name << " occurs twice";
    return out;
  }

  support::TemporaryDirectory folder_;
  SystemProcesses processes_;
};

TEST_F(Toolchain, IsTheSameTwiceAndNamesSystemAndTools) {
  tool("cc", "echo cc 12.2");
  const auto first = facts();
  EXPECT_EQ(first, facts());
  EXPECT_TRUE(first.contains("architecture"));
  EXPECT_TRUE(first.contains("processor"));
  ASSERT_TRUE(first.contains("tool cc"));
  EXPECT_NE(first.at("tool cc").find("cc 12.2"), std::string::npos);
  EXPECT_FALSE(first.contains("tool c++"));
}

TEST_F(Toolchain, AReplacedCompilerIsSeen) {
  tool("cc", "echo cc 12.2");
  const auto before = facts();
  tool("cc", "echo cc 12.3");
  EXPECT_NE(facts().at("tool cc"), before.at("tool cc"));
}

TEST_F(Toolchain, AShimThatChoosesAnotherCompilerIsSeen) {
  folder_.write("chosen", "1.80");
  tool("rustc", "echo rustc $(/bin/cat chosen)");
  const auto before = facts();
  folder_.write("chosen", "1.81");
  EXPECT_NE(facts().at("tool rustc"), before.at("tool rustc"));
}

TEST_F(Toolchain, AnUpdateByRustupIsSeen) {
  folder_.write(".rustup/update-hashes/stable", "aaaa");
  const auto before = facts();
  folder_.write(".rustup/update-hashes/stable", "bbbb");
  EXPECT_NE(facts().at("rustup updates"), before.at("rustup updates"));
}

}  // namespace
}  // namespace perfwarden::os
