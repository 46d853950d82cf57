#include "base/names.hpp"

#include <gmock/gmock.h>

namespace perfwarden {

enum class Fruit { apple, pear };
template <>
inline constexpr Names<Fruit, 2> k_names<Fruit>{{{"an apple", Fruit::apple}, {"a pear", Fruit::pear}}};

enum class Nameless { one };

namespace {

constexpr Names<int, 2> k_numbers{{{"one", 1}, {"two", 2}}};

TEST(Names, AreWrittenAndReadByOneTable) {
  EXPECT_EQ(spelled(k_numbers, 2), "two");
  EXPECT_EQ(parsed(k_numbers, "two"), 2);
}

TEST(Names, WhatATableDoesNotHoldIsEmptyOrNothing) {
  EXPECT_EQ(spelled(k_numbers, 3), "");
  EXPECT_EQ(parsed(k_numbers, "TWO"), std::nullopt);
  EXPECT_EQ(parsed(k_numbers, ""), std::nullopt);
}

TEST(Names, AnEnumerationIsSpelledByItsOwnTable) {
  EXPECT_EQ(name_of(Fruit::pear), "a pear");
  EXPECT_EQ(from_name<Fruit>("an apple"), Fruit::apple);
  EXPECT_EQ(from_name<Fruit>("apple"), std::nullopt);
  EXPECT_THAT(spellings<Fruit>(), testing::ElementsAre("an apple", "a pear"));
}

static_assert(Named<Fruit>);
static_assert(!Named<Nameless>, "an enumeration without a table has no names");
static_assert(!Named<int>);

}  // namespace
}  // namespace perfwarden
