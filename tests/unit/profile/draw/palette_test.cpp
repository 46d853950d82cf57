#include "profile/draw/palette.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace perfwarden::profile {
namespace {

constexpr double k_infinite = std::numeric_limits<double>::infinity();

TEST(Palette, TextReadsWellOnEveryFill) {
  constexpr double k_readable = 4.5;  // WCAG 2.1, level AA
  for (const Colour& fill : diff_shades()) EXPECT_GE(contrast(fill, ink_on(fill)), k_readable) << hex(fill);
  for (const Colour& fill : package_hues()) EXPECT_GE(contrast(fill, k_black), 9) << hex(fill);
  EXPECT_NEAR(contrast({0, 0, 0}, {255, 255, 255}), 21, 1e-9);
}

TEST(Palette, TheEndsAreBlueAndRed) {
  EXPECT_EQ(hex(diff_shades().front()), "#1a85ff");
  EXPECT_EQ(hex(diff_shades().back()), "#dc3220");
}

TEST(Palette, ASureChangeIsNeverGreyAndOthersAlwaysAre) {
  EXPECT_EQ(diff_shade(FrameChange::regression, 0.001), k_neutral + 1);
  EXPECT_EQ(diff_shade(FrameChange::improvement, -0.001), k_neutral - 1);
  for (const FrameChange change : {FrameChange::unchanged, FrameChange::inconclusive, FrameChange::moved})
    EXPECT_EQ(diff_shade(change, 5), k_neutral);
}

TEST(Palette, ChangesBeyondAHundredPercentLookTheSame) {
  EXPECT_EQ(diff_shade(FrameChange::regression, 1), k_shades - 1);
  EXPECT_EQ(diff_shade(FrameChange::regression, 7), k_shades - 1);
  EXPECT_EQ(diff_shade(FrameChange::added, k_infinite), k_shades - 1);
  EXPECT_EQ(diff_shade(FrameChange::removed, -1), 0U);
  EXPECT_EQ(diff_shade(FrameChange::regression, 0.5), k_neutral + k_steps / 2);
}

TEST(Palette, TheFirstPackagesAllLookDifferent) {
  PackageHues hues;
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < k_hues; ++i) seen.insert(hues.hue("package" + std::to_string(i)));
  EXPECT_EQ(seen.size(), k_hues);
  EXPECT_EQ(hues.hue("kernel"), k_kernel_hue);
  EXPECT_EQ(hues.hue(""), k_unknown_hue);
  EXPECT_LT(hues.hue("one more"), k_hues);
  EXPECT_EQ(hues.hue("package3"), hues.hue("package3"));
}

}  // namespace
}  // namespace perfwarden::profile
