#include <gmock/gmock.h>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

TEST(Time, GivesTheKernelsAccountingUnderTheProgramsName) {
  Usage usage;
  usage.wall_s = 2;
  usage.user_s = 1.5;
  usage.system_s = 0.25;
  usage.max_rss_bytes = 1024;
  usage.minor_faults = 3;
  usage.major_faults = 4;
  usage.voluntary_switches = 5;
  usage.involuntary_switches = 6;
  usage.cycles = 99;
  Suite suite;
  suite.name = "cli";
  suite.run.argv = {"./build/app", "--input"};
  const auto reading = find_format("time")->read({"anything", "out", &usage, &suite, ""});
  EXPECT_THAT(names(reading), ElementsAre("app wall_time", "app user_time", "app system_time", "app cpu_time",
                                          "app max_rss", "app page_faults", "app context_switches", "app cycles"));
  EXPECT_THAT(find(reading, "app", "cpu_time").values, ElementsAre(1.75));
  EXPECT_THAT(find(reading, "app", "page_faults").values, ElementsAre(7));
  EXPECT_THAT(find(reading, "app", "context_switches").values, ElementsAre(11));
  EXPECT_TRUE(find(reading, "app", "wall_time").metric.primary);
  EXPECT_FALSE(find(reading, "app", "max_rss").metric.primary);
  EXPECT_THAT(names(find_format("time")->read({"", "out", &usage, &suite, "large.json"}))[0],
              StartsWith("large.json "));
  suite.run = {{}, "app | wc"};
  EXPECT_THAT(names(find_format("time")->read({"", "out", &usage, &suite, ""}))[0], StartsWith("cli "));
}

}  // namespace
}  // namespace perfwarden::ingest
