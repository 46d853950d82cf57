#include "baseline/placement.hpp"

#include <gtest/gtest.h>

#include "support/fakes.hpp"

namespace perfwarden::baseline {
namespace {

const PlacementRanges k_ranges{
    .commit = "9be01d4",
    .time = "2026-11-29T08:00:00Z",
    .fingerprint = "00aa11bb22cc33dd",
    .layouts = 8,
    .ranges = {{.id = {"core", "sort \"x\"", "wall_time"}, .low = -0.01, .high = 0.18, .error = 0.004}}};

TEST(KeptPlacement, IsReadAsItWasWrittenForMachinesOfThatKindAlone) {
  const support::TemporaryDirectory folder;
  EXPECT_FALSE(read_placement(folder.path(), k_ranges.fingerprint).value().has_value());
  ASSERT_TRUE(keep_placement(folder.path(), k_ranges));
  EXPECT_EQ(read_placement(folder.path(), k_ranges.fingerprint).value(), k_ranges);
  EXPECT_FALSE(read_placement(folder.path(), "ffff").value().has_value());
}

TEST(KeptPlacement, ThatIsDamagedIsAnErrorAndNamesNoOtherFile) {
  const support::TemporaryDirectory folder;
  for (const char* text : {"", "{", "[]", R"({"schema": "perfwarden.placement/2"})",
                           R"({"schema": "perfwarden.placement/1", "commit": "", "time": "", "fingerprint": "ab",
                               "layouts": 1, "ranges": [{"suite": "a", "benchmark": "b", "metric": "m", "low": 0.5,
                               "high": 1e300, "error": 0}]})"}) {
    folder.write("placement/ab.json", text);
    const auto read = read_placement(folder.path(), "ab");
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().hint.find("selftest --placement"), std::string::npos) << text;
  }
  EXPECT_FALSE(read_placement(folder.path(), "../placement/ab").value().has_value());
}

}  // namespace
}  // namespace perfwarden::baseline
