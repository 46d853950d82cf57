#include "measure/count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "os/files/files.hpp"
#include "support/fakes.hpp"

// Counting in real programs, with the real valgrind.
namespace perfwarden::measure {
namespace {

using support::TemporaryDirectory;
using testing::HasSubstr;

class Counting : public testing::Test {
 protected:
  Counting() {
    suite_.name = "core";
    suite_.run.argv = {support::allocator(), "100"};
    suite_.iterations = {4, 4, 60};
    suite_.timeout_s = 20;
    (void)folder_.write("base/app", "1234");
    (void)folder_.write("head/app", "123456");
  }
  Raw go() {
    Plan plan;
    plan.suites = {suite_};
    plan.two_sided = true;
    os::SystemProcesses processes;
    os::SystemClock clock;
    Raw raw;
    Children sides;
    sides.base_directory = folder_ / "base";
    sides.head_directory = folder_ / "head";
    sides.env = {{"PATH", "/usr/bin:/bin"}};
    const Status tools = check_tools(plan, sides, processes);
    EXPECT_TRUE(tools) << tools.error().text();
    const Status status = count(
        plan, sides, processes, clock, [](const std::string&) {}, [](std::size_t, Side) { return true; }, raw);
    EXPECT_TRUE(status) << status.error().text();
    return raw;
  }
  static std::multiset<double> values(const Raw& raw, const std::string& metric, Side side) {
    std::multiset<double> out;
    for (const RawCount& one : raw.counts)
      if (one.metric == metric && one.side == side) out.insert(one.value);
    return out;
  }
  TemporaryDirectory folder_;
  Suite suite_;
};

TEST_F(Counting, EqualCountsTakeTwoRunsASide) {
  suite_.count_allocations = true;
  const Raw raw = go();
  EXPECT_TRUE(raw.warnings.empty());
  for (const char* metric : {"allocations", "allocated_bytes", "peak_heap"}) {
    EXPECT_EQ(values(raw, metric, Side::base).size(), 2U) << metric;
    EXPECT_EQ(values(raw, metric, Side::base), values(raw, metric, Side::head)) << metric;
  }
  EXPECT_GT(*values(raw, "allocations", Side::head).begin(), 100.0);
}

TEST_F(Counting, CountsThatDifferAreTakenAsOftenAsATimeWouldBe) {
  suite_.count_allocations = true;
  suite_.run.argv = {support::allocator(), "100", "vary"};
  EXPECT_EQ(values(go(), "allocations", Side::head).size(), 4U);
}

TEST_F(Counting, AStaticProgramIsAWarningAndNoCount) {
  suite_.count_allocations = true;
  suite_.run.argv = {support::static_allocator(), "100"};
  const Raw raw = go();
  EXPECT_TRUE(raw.counts.empty());
  ASSERT_EQ(raw.warnings.size(), 1U);
  EXPECT_THAT(raw.warnings[0].text, HasSubstr("linked statically"));
}

TEST_F(Counting, AFailingProgramIsAWarningAndNoCount) {
  suite_.count_allocations = true;
  suite_.run.argv = {support::allocator(), "100", "abort"};
  const Raw raw = go();
  EXPECT_TRUE(raw.counts.empty());
  ASSERT_EQ(raw.warnings.size(), 1U);
  EXPECT_THAT(raw.warnings[0].text, HasSubstr("core (base): allocations were not counted: the run failed"));
}

TEST_F(Counting, InstructionsOfValgrindGrowWithTheWork) {
  suite_.count_instructions = true;
  const Raw few = go();
  suite_.run.argv = {support::allocator(), "20000"};
  const Raw many = go();
  EXPECT_TRUE(few.warnings.empty());
  ASSERT_EQ(values(few, "instructions", Side::head).size(), 2U);
  EXPECT_EQ(values(few, "instructions", Side::head), values(few, "instructions", Side::base));
  EXPECT_GT(*values(many, "instructions", Side::head).begin(),
            *values(few, "instructions", Side::head).begin() + 19900 * 20);
}

TEST_F(Counting, TheSizeOfTheBinaryIsThatOfEachSide) {
  suite_.binary = "app";
  const Raw raw = go();
  ASSERT_EQ(raw.counts.size(), 2U);
  EXPECT_EQ(raw.counts[0].value, 4);
  EXPECT_EQ(raw.counts[1].value, 6);
  EXPECT_EQ(raw.counts[1].benchmark, "app");
  EXPECT_EQ(raw.counts[1].metric, "binary_size");
  suite_.binary = "missing";
  EXPECT_EQ(go().warnings.size(), 2U);
}

}  // namespace
}  // namespace perfwarden::measure
