#include "publish/marker.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace perfwarden::publish {
namespace {

Report report_of(const std::vector<std::string>& suites, const std::string& fingerprint) {
  Report report;
  for (const std::string& suite : suites) {
    Comparison comparison;
    comparison.id = {suite, "parse", "wall_time"};
    report.comparisons.push_back(comparison);
  }
  report.head.run.machine.fingerprint = fingerprint;
  report.context.head_sha = std::string(40, 'a');
  report.context.run_id = "99";
  report.context.run_attempt = "2";
  return report;
}

TEST(Marker, ComesBackFromTheLastLineOfAComment) {
  const Marker marker = marker_of(report_of({"core"}, "m"));
  EXPECT_EQ(marker.head, std::string(40, 'a'));
  EXPECT_EQ(marker.run_id, 99U);
  EXPECT_EQ(marker.run_attempt, 2U);
  EXPECT_EQ(read_marker("text\n\n" + marker.line()), marker);
  EXPECT_EQ(read_marker("text\r\n\r\n" + marker.line() + "\r\n "), marker);
  EXPECT_EQ(read_marker(marker.line()), marker);
}

TEST(Marker, OfARunWithoutNumbersStillReads) {
  const Marker marker = marker_of(Report{});
  EXPECT_EQ(marker.head, "");
  EXPECT_EQ(read_marker(marker.line()), marker);
}

TEST(Marker, AHeadThatIsNoCommitIsLeftOut) {
  Report report = report_of({"core"}, "m");
  report.context.head_sha = "--> <script>";
  EXPECT_EQ(marker_of(report).head, "");
}

TEST(Marker, IsNotFoundAnywhereElse) {
  const std::string line = marker_of(report_of({"core"}, "m")).line();
  for (const std::string& body :
       {std::string(), std::string("text"), line + "\nreply", "> " + line, line + line, "x" + line, line.substr(1),
        text::replace_all(line, "v1", "v2"), text::replace_all(line, "run=99", "run=-9"),
        text::replace_all(line, "run=99", "run=99999999999999999999999"), text::replace_all(line, "head=a", "head=Z"),
        text::replace_all(line, " -->", " x=1 -->"), text::replace_all(line, "key=", "key=0"),
        std::string("<!-- perfwarden:v1 key= -->"), std::string("<!-- perfwarden:v1 key=\n-->")})
    EXPECT_EQ(read_marker(body), std::nullopt) << body;
}

TEST(Marker, KeyDependsOnTheSetOfSuitesAndTheMachine) {
  const Marker one = marker_of(report_of({"core", "io"}, "m"));
  EXPECT_TRUE(one.same_key(marker_of(report_of({"io", "core", "core"}, "m"))));
  EXPECT_FALSE(one.same_key(marker_of(report_of({"core"}, "m"))));
  EXPECT_FALSE(one.same_key(marker_of(report_of({"core", "io"}, "other"))));
  EXPECT_EQ(one.suites, marker_of(report_of({"core", "io"}, "other")).suites);
  Report other_job = report_of({"core", "io"}, "m");
  other_job.context.job = "nightly";
  EXPECT_NE(one.suites, marker_of(other_job).suites);
}

TEST(Marker, OrderIsByRunThenAttempt) {
  Marker first;
  first.run_id = 9;
  first.run_attempt = 3;
  Marker second = first;
  EXPECT_FALSE(first.older_than(second));
  second.run_attempt = 4;
  EXPECT_TRUE(first.older_than(second));
  second = {"", "", "", 10, 1};
  EXPECT_TRUE(first.older_than(second)) << "10 is more than 9, also as text it is not";
  EXPECT_FALSE(second.older_than(first));
}

TEST(WithMarker, IsTheTextAndThenTheMarker) {
  const Marker marker = marker_of(report_of({"core"}, "m"));
  EXPECT_EQ(with_marker("## Title\n\ntext\n\n", marker), "## Title\n\ntext\n\n" + marker.line());
}

TEST(WithMarker, AddsAsManyCharactersAsTheMarkerSays) {
  const Marker marker = marker_of(report_of({"core"}, "m"));
  EXPECT_EQ(text::code_points(with_marker("ü", marker)), 1 + marker.characters());
}

TEST(WithMarker, AMarkerInTheTextIsNotTheOneThatCounts) {
  const Marker ours = marker_of(report_of({"core"}, "m"));
  const Marker theirs = marker_of(report_of({"evil"}, "m"));
  EXPECT_EQ(read_marker(with_marker(theirs.line(), ours)), ours);
}

}  // namespace
}  // namespace perfwarden::publish
