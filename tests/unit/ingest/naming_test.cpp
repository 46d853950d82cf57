#include "ingest/naming.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Series series_of(const std::string& plain, std::vector<Qualifier> qualifiers) {
  Series out;
  out.id = {"core", full_name(plain, qualifiers), "wall_time"};
  out.plain_name = plain;
  out.qualifiers = std::move(qualifiers);
  out.invocations = {{1}};
  return out;
}

std::vector<std::string> names_of(const Samples& samples) {
  std::vector<std::string> out;
  for (const Series& series : samples.series) out.push_back(series.id.benchmark);
  return out;
}

Qualifier package(const std::string& value) {
  return {"package", value};
}
Qualifier procs(const std::string& value) {
  return {"procs", value};
}

TEST(Naming, ShowsAPackageOnBothSidesWhereOneSideHasTwo) {
  Samples base, head;
  base.series = {series_of("Encode", {package("x/a")}), series_of("Decode", {package("x/a")})};
  head.series = {series_of("Encode", {package("x/a")}), series_of("Encode", {package("x/b")}),
                 series_of("Decode", {package("x/a")})};
  name_together(base, head);
  EXPECT_THAT(names_of(base), ElementsAre("Decode", "x/a/Encode"));
  EXPECT_THAT(names_of(head), ElementsAre("Decode", "x/a/Encode", "x/b/Encode"));
}

TEST(Naming, KeepsTheProcessorsOfASuiteWhereOneSideHasSeveral) {
  Samples base, head;
  base.series = {series_of("Add", {procs("")}), series_of("Add", {procs("4")})};
  head.series = {series_of("Add", {procs("4")})};
  name_together(base, head);
  EXPECT_THAT(names_of(base), ElementsAre("Add", "Add-4"));
  EXPECT_THAT(names_of(head), ElementsAre("Add-4"));
}

TEST(Naming, DropsTheProcessorsOfAWholeMachineAndSaysWhenTheyChanged) {
  Samples base, head;
  base.series = {series_of("Add", {procs("4")})};
  head.series = {series_of("Add", {procs("8")})};
  name_together(base, head);
  EXPECT_THAT(names_of(base), ElementsAre("Add"));
  EXPECT_THAT(names_of(head), ElementsAre("Add"));
  EXPECT_THAT(texts(head.series[0].warnings), ElementsAre(HasSubstr("ran on 4 processors on base and on 8 on head")));
}

TEST(Naming, TakesABenchmarkThatMovedAsOneAndSaysSo) {
  Samples base, head;
  base.series = {series_of("sort", {{"target", "one"}})};
  head.series = {series_of("sort", {{"target", "two"}})};
  name_together(base, head);
  EXPECT_EQ(names_of(base), names_of(head));
  EXPECT_THAT(texts(head.series[0].warnings),
              ElementsAre(HasSubstr("in the target 'one' on base and in 'two' on head")));
}

TEST(Naming, IsTheSameWhenItIsDoneAgain) {
  Samples base, head;
  base.series = {series_of("X", {{"note", "a"}, procs("")}), series_of("X", {{"note", "b"}, procs("")})};
  head = base;
  name_together(base, head);
  EXPECT_THAT(names_of(head), ElementsAre("X/note=a", "X/note=b"));
  const Samples once = head;
  name_together(base, head);
  EXPECT_EQ(head, once);
  EXPECT_THAT(head.warnings, IsEmpty());
}

TEST(Naming, NeverMakesTwoSeriesOfOneName) {
  Samples base, head;
  head.series = {series_of("sort", {package("a")}), series_of("sort", {package("b")}), series_of("a/sort", {})};
  name_together(base, head);
  EXPECT_THAT(names_of(head), ElementsAre("b/sort"));
  EXPECT_THAT(texts(head.warnings), ElementsAre(HasSubstr("two benchmarks are called 'core/a/sort/wall_time'")));
}

TEST(Naming, SurvivesASamplesFile) {
  Samples samples;
  samples.series = {series_of("Encode", {package("x/a"), procs("8")})};
  samples.failures = {{.suite = "core",
                       .case_name = "",
                       .benchmark = "x/a/Decode-8",
                       .failed = 2,
                       .runs = 3,
                       .dropped = false,
                       .reason = "out:1: failed",
                       .plain_name = "Decode",
                       .qualifiers = {package("x/a"), procs("8")}}};
  const auto back = parse_samples(write_samples(samples), "f.json");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->series[0].qualifiers, samples.series[0].qualifiers);
  EXPECT_EQ(back->series[0].plain_name, "Encode");
  EXPECT_EQ(back->failures, samples.failures);
}

}  // namespace
}  // namespace perfwarden::ingest
