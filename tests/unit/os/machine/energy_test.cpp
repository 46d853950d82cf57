#include "os/machine/energy.hpp"

#include <gtest/gtest.h>

#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::TemporaryDirectory;

class Energy : public testing::Test {
 protected:
  void zone(const std::string& name, const std::string& what, const std::string& energy) {
    (void)folder_.write(name + "/name", what + "\n");
    (void)folder_.write(name + "/energy_uj", energy + "\n");
    (void)folder_.write(name + "/max_energy_range_uj", "262143328850\n");
  }
  TemporaryDirectory folder_;
};

TEST_F(Energy, IsTheSumOfThePackagesAlone) {
  zone("intel-rapl:0", "package-0", "1000000");
  zone("intel-rapl:0:0", "core", "5");
  zone("intel-rapl:1", "package-1", "2000000");
  zone("intel-rapl:2", "psys", "7");
  const EnergyMeter meter(folder_.path());
  const auto before = meter.read();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->size(), 2U);
  zone("intel-rapl:0", "package-0", "3500000");
  zone("intel-rapl:1", "package-1", "2000000");
  const auto joules = meter.since(before);
  ASSERT_TRUE(joules);
  EXPECT_DOUBLE_EQ(*joules, 2.5);
}

TEST_F(Energy, ACounterThatWentOverIsRight) {
  zone("intel-rapl:0", "package-0", "262143000000");
  const EnergyMeter meter(folder_.path());
  const auto before = meter.read();
  zone("intel-rapl:0", "package-0", "671150");
  const auto joules = meter.since(before);
  ASSERT_TRUE(joules);
  EXPECT_NEAR(*joules, 1.0, 1e-9);
}

TEST_F(Energy, IsUnknownWithoutCountersOrWithoutNumbersInThem) {
  EXPECT_FALSE(EnergyMeter(folder_ / "missing").read());
  EXPECT_FALSE(EnergyMeter(folder_.path()).read());
  zone("intel-rapl:0", "package-0", "many");
  const EnergyMeter meter(folder_.path());
  EXPECT_FALSE(meter.read());
  EXPECT_FALSE(meter.since(std::nullopt));
}

}  // namespace
}  // namespace perfwarden::os
