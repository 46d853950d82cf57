#include "report/page/picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace perfwarden::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double k_endless = std::numeric_limits<double>::infinity();
const PictureWords k_words{"base", "head", "limit +5%", "faster", "slower", "broken"};

Comparison slower_by(double change, Interval interval) {
  Comparison c;
  c.metric = {"wall_time", "s", Better::lower, false, true};
  c.ratio = 1 + change;
  c.ratio_interval = {1 + interval.low, 1 + interval.high, 0.99};
  return c;
}

std::size_t times(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(StripPicture, HasADotForEachFiniteRunAndABarForEachMedian) {
  Comparison c;
  c.metric.unit = "s";
  c.base_values = {1, 2, 3, k_nan};
  c.head_values = {2, 4, k_endless};
  c.base.median = 2;
  c.head.median = 3;
  const std::string picture = strip_picture(c, k_words);
  EXPECT_EQ(times(picture, "h0"), 5U);
  EXPECT_EQ(times(picture, "class=\"median "), 2U);
  EXPECT_THAT(picture, HasSubstr(">2.00 s<"));
}

TEST(StripPicture, OfEqualValuesHasRoomAndOfNoneIsEmpty) {
  Comparison c;
  c.metric.unit = "B";
  EXPECT_EQ(strip_picture(c, k_words), "");
  c.head_values = {k_nan};
  EXPECT_EQ(strip_picture(c, k_words), "");
  c.head_values = {1048576, 1048576};
  EXPECT_THAT(strip_picture(c, k_words), HasSubstr("MiB"));
  c.head_values = {0, 0};
  EXPECT_EQ(times(strip_picture(c, k_words), "h0"), 2U);
  c.head_values = {-std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  EXPECT_EQ(strip_picture(c, k_words), "") << "an axis that has no length";
}

TEST(StripPicture, EscapesAHostileUnit) {
  Comparison c;
  c.metric.unit = "<script>";
  c.head_values = {1, 2};
  EXPECT_THAT(strip_picture(c, k_words), Not(HasSubstr("<script")));
}

TEST(ZonePicture, ShadesWhatIsBeyondTheLimitAndNamesBothEnds) {
  const std::string picture = zone_picture(slower_by(0.08, {0.06, 0.1}), 0.05, k_words);
  EXPECT_THAT(picture, HasSubstr("class=\"beyond\""));
  EXPECT_THAT(picture, HasSubstr("limit +5%"));
  EXPECT_THAT(picture, HasSubstr("← faster"));
  EXPECT_THAT(picture, HasSubstr("slower →"));
  EXPECT_THAT(picture, HasSubstr("class=\"interval broken\""));
  EXPECT_THAT(zone_picture(slower_by(0.08, {0.06, 0.1}), std::nullopt, k_words), Not(HasSubstr("beyond")));
}

TEST(ZonePicture, ShowsAnOpenEndAsOpen) {
  EXPECT_THAT(zone_picture(slower_by(0.08, {0.06, k_endless}), 0.05, k_words), HasSubstr("class=\"open broken\""));
  EXPECT_THAT(zone_picture(slower_by(0.08, {0.06, 0.1}), 0.05, k_words), Not(HasSubstr("class=\"open")));
  EXPECT_THAT(zone_picture(slower_by(0.08, {k_nan, k_nan}), 0.05, k_words), Not(HasSubstr("class=\"open")));
}

TEST(ZonePicture, WithoutAnEstimateIsEmpty) {
  EXPECT_EQ(zone_picture(slower_by(k_nan, {0, 0}), 0.05, k_words), "");
  EXPECT_EQ(forest_picture(slower_by(k_nan, {0, 0}), 0.05, 0.1, "ok"), "");
}

TEST(ForestPicture, CutsAtTheEdgeWithAnArrowThatPointsTheRightWay) {
  EXPECT_THAT(forest_picture(slower_by(0.05, {0.04, 0.06}), 0.05, 0.1, "ok"), HasSubstr("<circle"));
  EXPECT_THAT(forest_picture(slower_by(0.5, {0.4, 0.6}), 0.05, 0.1, "ok"), HasSubstr("M124 5"));
  EXPECT_THAT(forest_picture(slower_by(-0.5, {-0.6, -0.4}), 0.05, 0.1, "ok"), HasSubstr("M8 5"));
  EXPECT_THAT(forest_picture(slower_by(0.05, {0.04, 0.06}), 0.3, 0.1, "ok"), Not(HasSubstr("class=\"limit\"")));
}

TEST(ForestPicture, PutsWorseToTheRightForRatesToo) {
  Comparison c = slower_by(-0.5, {-0.6, -0.4});
  c.metric = {"throughput", "op/s", Better::higher, false, true};
  EXPECT_THAT(forest_picture(c, std::nullopt, 0.1, "broken"), HasSubstr("M124 5"));
}

TEST(ForestScale, FitsNineInTenAndStaysWithinItsBounds) {
  EXPECT_EQ(forest_scale({}), 0.02);
  EXPECT_EQ(forest_scale({slower_by(0.001, {0, 0.002})}), 0.02);
  EXPECT_EQ(forest_scale({slower_by(9, {8, 10})}), 0.5);
  std::vector<Comparison> many(19, slower_by(0.1, {0.08, 0.12}));
  many.push_back(slower_by(9, {8, 10}));
  EXPECT_NEAR(forest_scale(many), 0.12 * 1.05, 1e-12) << "one huge change flattens no other";
  EXPECT_EQ(forest_scale({slower_by(k_nan, {k_nan, k_nan})}), 0.02);
}

}  // namespace
}  // namespace perfwarden::report
