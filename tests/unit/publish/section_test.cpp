#include "publish/section.hpp"

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

// What stands below the text of the only section.
Marker read_back(const std::string& body) {
  const std::vector<Section> sections = read_sections(body);
  return sections.size() == 1 ? sections[0].marker : Marker{};
}

TEST(Marker, ComesBackFromTheLastLineOfAComment) {
  Report report = report_of({"core"}, "m");
  report.verdict.conclusion = Conclusion::fail;
  const Marker marker = marker_of(report);
  EXPECT_EQ(marker.head, std::string(40, 'a'));
  EXPECT_EQ(marker.run_id, 99U);
  EXPECT_EQ(marker.run_attempt, 2U);
  EXPECT_TRUE(marker.fails);
  EXPECT_EQ(read_back("text\n\n" + marker.line()), marker);
  EXPECT_EQ(read_back("text\r\n\r\n" + marker.line() + "\r\n "), marker);
  EXPECT_EQ(read_back(marker.line()), marker);
}

TEST(Marker, OfARunWithoutNumbersStillReads) {
  const Marker marker = marker_of(Report{});
  EXPECT_EQ(marker.head, "");
  EXPECT_EQ(read_back(marker.line()), marker);
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
        text::replace_all(line, "v2", "v3"), text::replace_all(line, "run=99", "run=-9"),
        text::replace_all(line, "run=99", "run=99999999999999999999999"), text::replace_all(line, "head=a", "head=Z"),
        text::replace_all(line, " -->", " x=1 -->"), text::replace_all(line, "key=", "key=0"),
        text::replace_all(line, "state=ok", "state=fine"), text::replace_all(line, "part=", "port="),
        std::string("<!-- perfwarden:v2 key= -->"), std::string("<!-- perfwarden:v2 key=\n-->")})
    EXPECT_TRUE(read_sections(body).empty()) << body;
}

TEST(Marker, OneCommentForEachJobAndLegWhateverWasMeasured) {
  const Report report = report_of({"core", "io"}, "m");
  const Marker one = marker_of(report);
  EXPECT_EQ(one.key, marker_of(report_of({"core"}, "other")).key);
  Report other = report;
  other.context.job = "nightly";
  EXPECT_NE(one.key, marker_of(other).key);
  other = report;
  other.context.leg = "gcc-12";
  EXPECT_NE(one.key, marker_of(other).key);
}

TEST(Marker, OneSectionForEachReport) {
  const Report report = report_of({"core", "io"}, "m");
  const Marker one = marker_of(report);
  EXPECT_EQ(one.part, marker_of(report_of({"io", "core", "core"}, "m")).part);
  EXPECT_NE(one.part, marker_of(report_of({"core"}, "m")).part);
  EXPECT_NE(one.part, marker_of(report_of({"core", "io"}, "other")).part);
  Report later = report;
  later.time = "2026-11-29T00:00:00Z";
  EXPECT_NE(one.part, marker_of(later).part);
}

TEST(Marker, OrderIsByRunThenAttempt) {
  Marker first;
  first.run_id = 9;
  first.run_attempt = 3;
  Marker second = first;
  EXPECT_FALSE(first.older_than(second));
  second.run_attempt = 4;
  EXPECT_TRUE(first.older_than(second));
  second.run_id = 10;
  second.run_attempt = 1;
  EXPECT_TRUE(first.older_than(second)) << "10 is more than 9, also as text it is not";
  EXPECT_FALSE(second.older_than(first));
}

TEST(Marker, ARunThatOnlyObservesDoesNotFail) {
  Report report = report_of({"core"}, "m");
  report.verdict.conclusion = Conclusion::fail;
  EXPECT_TRUE(fails(report));
  report.mode = Mode::observe;
  EXPECT_FALSE(fails(report));
  report.verdict.counts.failed = 1;
  EXPECT_TRUE(fails(report)) << "a benchmark that does not run any more is never fine";
}

Section section(const std::string& text, char part, std::uint64_t run, bool fails = false) {
  Marker marker = marker_of(report_of({"core"}, "m"));
  marker.part = std::string(16, part);
  marker.run_id = run;
  marker.fails = fails;
  return {text, marker};
}

std::vector<std::string> texts(const std::vector<Section>& sections) {
  std::vector<std::string> out;
  for (const Section& one : sections) out.push_back(one.text);
  return out;
}

TEST(Sections, ComeBackAsTheyWereWritten) {
  const std::vector<Section> sections{section("## One\n\n---\n\nmore", 'a', 1), section("| a |\n|:--|\n| b |", 'b', 1)};
  const std::string body = write_sections(sections, "", 65'000);
  const std::vector<Section> back = read_sections(body);
  EXPECT_EQ(texts(back), texts(sections)) << body;
  EXPECT_EQ(back.at(1).marker, sections[1].marker);
  EXPECT_EQ(texts(read_sections(text::replace_all(body, "\n", "\r\n"))), texts(sections));
}

TEST(Sections, OfOneReportAreTheTextAndThenTheMarker) {
  const Section one = section("## Title\n\ntext\n\n", 'a', 1);
  EXPECT_EQ(write_sections({one}, "", 65'000), "## Title\n\ntext\n\n" + one.marker.line());
}

TEST(Sections, AddAsManyCharactersAsTheySay) {
  const std::vector<Section> sections{section("ü", 'a', 1), section("ü", 'b', 1)};
  EXPECT_LE(text::code_points(write_sections(sections, "", 65'000)), 2 + 2 * overhead(sections[0].marker));
}

TEST(Sections, AMarkerInATextIsNotTheOneThatCounts) {
  const Section evil = section("", 'e', 9);
  const Section ours = section("before\n" + evil.marker.line() + "\nafter", 'a', 1);
  const std::vector<Section> back = read_sections(write_sections({ours}, "", 65'000));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].marker, ours.marker);
}

TEST(Sections, OfTwoJobsInOneCommentAreNotOurs) {
  Section other = section("two", 'b', 1);
  other.marker.key = std::string(16, '0');
  EXPECT_TRUE(read_sections(write_sections({section("one", 'a', 1), other}, "", 65'000)).empty());
}

TEST(Sections, OfTheSameRunStayAndThoseOfEarlierRunsGo) {
  const std::vector<Section> before{section("older", 'b', 1), section("sibling", 'c', 2),
                                    section("mine before", 'a', 2)};
  EXPECT_EQ(texts(with_section(before, section("mine", 'a', 2))), (std::vector<std::string>{"mine", "sibling"}));
}

TEST(Sections, ThatFailComeFirst) {
  EXPECT_EQ(texts(with_section({section("red", 'z', 2, true)}, section("green", 'a', 2))),
            (std::vector<std::string>{"red", "green"}));
}

TEST(Sections, OfOthersAreFoldedWhenAllTogetherAreTooLong) {
  const std::string details = "\n<details><summary>all</summary>\n" + std::string(500, 'x') + "\n</details>";
  const std::vector<Section> sections{section("theirs" + details, 'a', 1), section("ours" + details, 'b', 1)};
  const std::vector<Section> back = read_sections(write_sections(sections, sections[1].marker.part, 1000));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].text, "theirs\n\nThe rest is in the job's summary.");
  EXPECT_EQ(back[1].text, sections[1].text);
}

}  // namespace
}  // namespace perfwarden::publish
