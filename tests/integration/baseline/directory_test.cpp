#include "baseline/directory.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fakes.hpp"

namespace perfwarden::baseline {
namespace {

TEST(BaselineCache, TwoProcessesWriteAtOnceAndNothingIsLost) {
  const support::TemporaryDirectory directory;
  constexpr int k_each = 8;
  std::vector<pid_t> children;
  for (const char digit : {'a', 'b'}) {
    const pid_t child = fork();
    if (child == 0) {
      for (int i = 0; i < k_each; ++i) {
        Entry entry;
        entry.commit = std::string(39, digit) + std::to_string(i);
        entry.time = "2026-11-20T10:00:00Z";
        entry.fingerprint = "1111111111111111";
        entry.reason = "race";
        if (!update(directory.path(), entry, "x")) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(entries(directory.path())->size(), 2U * k_each);
}

}  // namespace
}  // namespace perfwarden::baseline
