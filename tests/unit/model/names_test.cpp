#include "base/names.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "model/plan.hpp"
#include "model/report.hpp"

namespace perfwarden {
namespace {

// Compilers print an enumerator by its name, and any other value as a cast number: "(perfwarden::Side)2".
template <auto Value>
constexpr bool is_enumerator() {
  const std::string_view signature = __PRETTY_FUNCTION__;
  const std::size_t value = signature.find("Value = ") + std::string_view("Value = ").size();
  return signature[value] != '(';
}

template <class E>
class EnumTable : public testing::Test {};

using Enumerations = testing::Types<BaselineStrategy, Better, CommentWhen, Conclusion, Confidence, Correction, Design,
                                    FrameChange, Level, MatchMachine, Mode, Normalization, OnInconclusive, OnMissing,
                                    OnPresence, Outcome, Pattern::Where, PatternSeverity, Presence, ProfileCost,
                                    ProfileScope, ProfileWhen, Side, Significance, Tier>;
TYPED_TEST_SUITE(EnumTable, Enumerations);

TYPED_TEST(EnumTable, NamesEveryEnumeratorOnceInTheirOrder) {
  constexpr std::size_t k_size = k_names<TypeParam>.size();
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < k_size; ++i) {
    const auto& [name, value] = k_names<TypeParam>[i];
    EXPECT_EQ(value, static_cast<TypeParam>(i)) << name;
    EXPECT_EQ(from_name<TypeParam>(name_of(value)), value) << name;
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_TRUE(is_enumerator<static_cast<TypeParam>(k_size - 1)>());
  EXPECT_FALSE(is_enumerator<static_cast<TypeParam>(k_size)>()) << "an enumerator has no row";
}

}  // namespace
}  // namespace perfwarden
