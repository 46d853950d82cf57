#include "model/run_context.hpp"

#include <gtest/gtest.h>

namespace perfwarden {
namespace {

TEST(RunContext, HasARunUrlOnlyInGithub) {
  RunContext context;
  EXPECT_EQ(context.run_url(), "");
  context.in_github = true;
  context.repository = "acme/parser";
  context.run_id = "42";
  EXPECT_EQ(context.run_url(), "https://github.com/acme/parser/actions/runs/42");
}

}  // namespace
}  // namespace perfwarden
