#include "identity/alignment.hpp"

#include <gtest/gtest.h>

#include "support/fakes.hpp"

namespace perfwarden::identity {
namespace {

TEST(FunctionAlignment, OfThisProgramIsCounted) {
  const std::string bytes = support::slurp("/proc/self/exe");
  const Result<FunctionAlignment> found = function_alignment(bytes);
#ifdef __x86_64__
  ASSERT_TRUE(found);
  EXPECT_GT(found->functions, 100U);
  EXPECT_GT(found->aligned, 0U);
  EXPECT_LT(found->aligned, found->functions);
  EXPECT_LT(found->share(), 0.9);
#else
  EXPECT_FALSE(found);
#endif
}

TEST(FunctionAlignment, OfWhatIsNoImageIsAnError) {
  EXPECT_FALSE(function_alignment(""));
  EXPECT_FALSE(function_alignment("#!/bin/sh\n"));
  EXPECT_FALSE(function_alignment("\177ELF"));
}

}  // namespace
}  // namespace perfwarden::identity
