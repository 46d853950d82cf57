#include "app/history/range.hpp"

#include <gmock/gmock.h>

#include <fmt/format.h>

namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Commit> commits(std::size_t count) {
  std::vector<Commit> out;
  for (std::size_t i = 0; i < count; ++i) {
    Commit commit;
    commit.sha = fmt::format("{:040x}", i + 1);
    commit.author = "A <b> | c";
    commit.date = "2026-11-01";
    commit.subject = fmt::format("subject {}", i);
    out.push_back(commit);
  }
  return out;
}

// A run of every `each`-th commit; from `step` on slower by a fifth.
SeriesHistory history(const std::vector<Commit>& all, std::size_t each, std::size_t step) {
  SeriesHistory out;
  out.id = {"core", "parse", "wall_time"};
  for (std::size_t i = 0; i < all.size(); i += each) {
    HistoryPoint point;
    point.commit = all[i].sha;
    point.unit = "s";
    point.fingerprint = "m";
    point.median = (i >= step ? 1.2 : 1.0) * (1 + 0.002 * static_cast<double>((i / each) % 3));
    out.points.push_back(point);
  }
  return out;
}

TEST(RangeReport, NamesTheSuspectsBetweenTwoMeasuredCommitsAndWhatIsNext) {
  const std::vector<Commit> all = commits(60);
  const std::vector<SeriesHistory> series{history(all, 3, 30)};
  const std::string text = range_report(series, {}, all, {});
  EXPECT_THAT(text, HasSubstr("## core/parse/wall_time: +2"));
  EXPECT_THAT(text, HasSubstr("subject 28"));
  EXPECT_THAT(text, HasSubstr("subject 29"));
  EXPECT_THAT(text, HasSubstr("subject 30"));
  EXPECT_THAT(text, Not(HasSubstr("subject 31")));
  EXPECT_THAT(text, HasSubstr(fmt::format("perfwarden bisect --good {} --bad {} --benchmark core/parse`",
                                          all[27].sha.substr(0, 10), all[30].sha.substr(0, 10))));
  EXPECT_THAT(text, HasSubstr("A &lt;b&gt; \\| c"));
  EXPECT_THAT(text, HasSubstr("hypothesis"));
}

TEST(RangeReport, OfOneSuspectTheNextStepIsItsCheck) {
  const std::vector<Commit> all = commits(40);
  const std::vector<SeriesHistory> series{history(all, 1, 20)};
  EXPECT_THAT(range_report(series, {}, all, {}), HasSubstr("perfwarden check --head " + all[20].sha.substr(0, 10)));
}

TEST(RangeReport, AChangeOutsideOfTheRangeIsNotTold) {
  const std::vector<Commit> all = commits(60);
  const std::vector<SeriesHistory> series{history(all, 1, 10)};
  const std::string text = range_report(series, {}, {all.begin() + 30, all.end()}, {});
  EXPECT_THAT(text, AllOf(HasSubstr("No change of level is shown; a few runs cannot show one."),
                          HasSubstr("`perfwarden bisect --good ")));
}

TEST(RangeReport, SaysWhenNothingIsKnown) {
  const std::vector<Commit> all = commits(5);
  EXPECT_THAT(range_report({}, {}, all, {}), HasSubstr("nothing is known of this range"));
}

}  // namespace
}  // namespace perfwarden::app
