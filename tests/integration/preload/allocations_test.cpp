#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "os/allocation_counter.hpp"
#include "os/allocation_slots.hpp"
#include "os/files/files.hpp"
#include "os/process/processes.hpp"
#include "support/fakes.hpp"

// The preloaded object in real programs.
namespace perfwarden::os {
namespace {

class Allocations : public testing::Test {
 protected:
  Allocations() : counter_(AllocationCounter::make()) {}

  // What the program counted; nullopt when nothing.
  std::optional<AllocationCounts> run(std::vector<std::string> argv) {
    EXPECT_TRUE(counter_) << counter_.error().text();
    Command command;
    command.argv = std::move(argv);
    command.env = {{"PATH", "/usr/bin:/bin"}};
    EXPECT_TRUE(counter_->prepare(command.env));
    result_ = *processes_.run(command);
    const auto counts = counter_->read();
    EXPECT_TRUE(counts) << counts.error().text();
    return counts.value_or(std::nullopt);
  }
  // Allocations of `count` blocks over those of none: what the runtime itself does is in both.
  AllocationCounts more(const std::string& count, const std::string& how = "") {
    const auto none = run({support::allocator(), "0", how});
    const auto some = run({support::allocator(), count, how});
    if (!none || !some) return {};
    return {some->count - none->count, some->bytes - none->bytes, some->peak_bytes - none->peak_bytes};
  }

  SystemProcesses processes_;
  Result<AllocationCounter> counter_;
  ProcessResult result_;
};

TEST_F(Allocations, AreCountedExactly) {
  const AllocationCounts counts = more("5000");
  EXPECT_EQ(counts.count, 5000U);
  EXPECT_EQ(counts.bytes, 5000U * (1000 + sizeof(void*)));
  EXPECT_GE(counts.peak_bytes, 5000U * 1000);
  EXPECT_LT(counts.peak_bytes, 5000U * 1100);
  EXPECT_TRUE(result_.ok());
  EXPECT_EQ(result_.out, "work 10 ms\n");
  EXPECT_EQ(result_.err, "");
}

TEST_F(Allocations, OfAllThreadsAreCountedNoneTwice) {
  EXPECT_EQ(more("20000", "threads").count, 4U * 20000);
}

TEST_F(Allocations, OfChildrenAreCountedAndThePeakIsThatOfOneProcess) {
  const AllocationCounts counts = more("5000", "fork");
  EXPECT_EQ(counts.count, 2U * 5000);
  EXPECT_LT(counts.peak_bytes, 5000U * 1100);
  const auto shell = run({"/bin/sh", "-c", support::allocator() + " 300; " + support::allocator() + " 300"});
  ASSERT_TRUE(shell);
  EXPECT_GE(shell->count, 600U);
}

TEST_F(Allocations, AlignedOnesAndReallocCountToo) {
  const AllocationCounts counts = more("100", "aligned");
  EXPECT_EQ(counts.count, 300U);
  EXPECT_EQ(counts.bytes, 100U * (1000 + 1024 + 2000));
}

TEST_F(Allocations, AreTheSameInEveryRun) {
  const auto first = run({support::allocator(), "100"});
  for (int i = 0; i < 3; ++i) {
    const auto again = run({support::allocator(), "100"});
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->count, first->count);
    EXPECT_EQ(again->bytes, first->bytes);
    EXPECT_EQ(again->peak_bytes, first->peak_bytes);
  }
}

TEST_F(Allocations, OfAProgramThatDiesAreKept) {
  const auto counts = run({support::allocator(), "5000", "abort"});
  EXPECT_FALSE(result_.ok());
  ASSERT_TRUE(counts);
  EXPECT_GE(counts->count, 5000U);
}

TEST_F(Allocations, OfAStaticProgramAreNotSeen) {
  EXPECT_FALSE(run({support::static_allocator(), "5000"}));
  EXPECT_TRUE(result_.ok());
}

TEST_F(Allocations, ManyProcessesShareTheLastPlace) {
  const auto one = run({"/bin/sh", "-c", support::allocator() + " 10"});
  const auto many =
      run({"/bin/sh", "-c", "i=0; while [ $i -lt 20 ]; do " + support::allocator() + " 10; i=$((i + 1)); done"});
  ASSERT_TRUE(one && many);
  EXPECT_GT(many->count, 20 * 10U);
}

TEST_F(Allocations, CountsThatWereTamperedWithAreAnError) {
  ASSERT_TRUE(counter_);
  std::map<std::string, std::string> env{{"LD_PRELOAD", "/other.so"}};
  ASSERT_TRUE(counter_->prepare(env));
  EXPECT_TRUE(env["LD_PRELOAD"].ends_with(":/other.so"));
  const std::string path = env[k_allocation_variable];
  std::ofstream(path) << "short";
  EXPECT_FALSE(counter_->read());
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/passwd", path);
  EXPECT_FALSE(counter_->read());
}

TEST(AllocationCounter, LeavesNothingBehind) {
  std::map<std::string, std::string> env;
  {
    const auto counter = AllocationCounter::make();
    ASSERT_TRUE(counter && counter->prepare(env));
    EXPECT_TRUE(exists(env[k_allocation_variable]));
  }
  EXPECT_FALSE(exists(env[k_allocation_variable]));
}

}  // namespace
}  // namespace perfwarden::os
