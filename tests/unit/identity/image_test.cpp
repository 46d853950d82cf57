#include "identity/image.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::identity {
namespace {

TEST(Image, IsIdenticalToItsOwnBytes) {
  const auto comparison = compare_images("anything", "anything");
  EXPECT_EQ(comparison.sameness, Sameness::identical);
  EXPECT_TRUE(comparison.reasons.empty());
  EXPECT_TRUE(comparison.functions_are_complete);
}

TEST(Image, IsNotKnownWhenItIsNotOne) {
  const auto comparison = compare_images("anything", "something");
  EXPECT_EQ(comparison.sameness, Sameness::not_known);
  EXPECT_EQ(comparison.reasons, std::vector<std::string>{"base: a table reaches beyond the file"});
  EXPECT_EQ(compare_images("", "").sameness, Sameness::not_known);
  EXPECT_EQ(compare_images(std::string(64, 'x'), std::string(65, 'x')).reasons,
            std::vector<std::string>{"base: not an ELF image"});
}

TEST(Image, IsNotKnownForAnotherProcessor) {
  std::string arm(64, '\0');
  arm.replace(0, 6,
              "\x7f"
              "ELF\x02\x01");
  arm[18] = '\xb7';  // EM_AARCH64
  EXPECT_EQ(compare_images(arm, arm + "x").reasons,
            std::vector<std::string>{"base: not an image for x86-64, which is all that is understood so far"});
}

}  // namespace
}  // namespace perfwarden::identity
