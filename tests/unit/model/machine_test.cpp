#include "model/machine.hpp"

#include <gtest/gtest.h>

namespace perfwarden {
namespace {

Machine machine_of(std::vector<std::pair<std::string, std::string>> facts) {
  Machine machine{std::move(facts), ""};
  seal(machine);
  return machine;
}

TEST(Machine, SameFactsGiveTheSameFingerprint) {
  EXPECT_EQ(machine_of({{"cpu", "Xeon"}}), machine_of({{"cpu", "Xeon"}}));
  EXPECT_EQ(machine_of({{"cpu", "Xeon"}}).fingerprint.size(), 16U);
  EXPECT_NE(machine_of({{"cpu", "Xeon"}}).fingerprint, machine_of({{"cpu", "EPYC"}}).fingerprint);
  EXPECT_NE(machine_of({{"a", "bc"}}).fingerprint, machine_of({{"ab", "c"}}).fingerprint);
  EXPECT_NE(machine_of({{"a", "b"}, {"c", "d"}}).fingerprint, machine_of({{"c", "d"}, {"a", "b"}}).fingerprint);
}

TEST(Machine, WithoutFactsHasNoFingerprint) {
  EXPECT_EQ(machine_of({}).fingerprint, "");
}

TEST(MachineDifferences, NamesTheFactsInOrder) {
  const auto rows = differences(machine_of({{"cpu", "Xeon"}, {"kernel", "6.1"}, {"turbo", "on"}}),
                                machine_of({{"cpu", "EPYC"}, {"kernel", "6.1"}, {"smt", "off"}}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fact, "cpu");
  EXPECT_EQ(rows[0].base, "Xeon");
  EXPECT_EQ(rows[0].head, "EPYC");
  EXPECT_EQ(rows[1].fact, "turbo");
  EXPECT_EQ(rows[1].head, "");
  EXPECT_EQ(rows[2].fact, "smt");
  EXPECT_EQ(rows[2].base, "");
}

TEST(MachineDifferences, AreNoneForMachinesThatMatchOrOfWhichNothingIsKnown) {
  EXPECT_TRUE(differences(machine_of({{"cpu", "Xeon"}}), machine_of({{"cpu", "Xeon"}})).empty());
  EXPECT_TRUE(differences(Machine{}, Machine{}).empty());
}

TEST(MachineDifferences, FallBackToTheFingerprint) {
  Machine bare;
  bare.fingerprint = "1111111111111111";
  for (const Machine& other : {machine_of({{"cpu", "Xeon"}}), Machine{}}) {
    const auto rows = differences(bare, other);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fact, "fingerprint");
    EXPECT_EQ(rows[0].base, "1111111111111111");
  }
}

}  // namespace
}  // namespace perfwarden
