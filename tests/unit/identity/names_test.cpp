#include "identity/names.hpp"

#include <gtest/gtest.h>

namespace perfwarden::identity {
namespace {

TEST(Names, LoseTheHashThatRustDrawsAnew) {
  EXPECT_EQ(stable_name("_ZN4demo5parse17h0123456789abcdefE"), "_ZN4demo5parse");
  EXPECT_EQ(stable_name("_ZN4demo5parse17h0123456789abcdexE"), "_ZN4demo5parse17h0123456789abcdexE");
  EXPECT_EQ(stable_name("_RNvCs1aB2_4demo5parse"), stable_name("_RNvCsZz9_4demo5parse"));
  EXPECT_NE(stable_name("_RNvCs1aB2_4demo5parse"), stable_name("_RNvCs1aB2_4demo5print"));
}

TEST(Names, LoseTheNumbersOfLinkTimeOptimisation) {
  EXPECT_EQ(stable_name("work.llvm.12345"), "work");
  EXPECT_EQ(stable_name("table.lto_priv.3"), "table");
  EXPECT_EQ(stable_name("_Z4workv"), "_Z4workv");
}

TEST(Names, ThatCompilersCountAreKnown) {
  EXPECT_TRUE(is_counted("table.0"));
  EXPECT_TRUE(is_counted("work.part.12"));
  EXPECT_FALSE(is_counted("work.cold"));
  EXPECT_FALSE(is_counted("work"));
  EXPECT_FALSE(is_counted("work."));
}

TEST(Names, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(readable_name("_Z3sumRKSt6vectorIiSaIiEE"), "sum(std::vector<int, std::allocator<int> > const&)");
  EXPECT_EQ(readable_name("main"), "main");
  EXPECT_EQ(readable_name("_Znonsense("), "_Znonsense(");
  EXPECT_EQ(readable_name(""), "");
  const std::string endless = "_Z1f" + std::string(5'000, 'P') + "i";
  EXPECT_EQ(readable_name(endless), endless);
}

}  // namespace
}  // namespace perfwarden::identity
