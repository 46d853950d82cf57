#include "github/link.hpp"

#include <gtest/gtest.h>

namespace perfwarden::github {
namespace {

TEST(NextPage, IsFoundAmongTheRelations) {
  EXPECT_EQ(next_page(R"(<https://h/a?page=1>; rel="prev", <https://h/a?page=3>; rel="next")"), "https://h/a?page=3");
  EXPECT_EQ(next_page(R"(<https://h/a?page=3>; rel="next", <https://h/a?page=9>; rel="last")"), "https://h/a?page=3");
  EXPECT_EQ(next_page("<https://h/a>; rel=next"), "https://h/a");
  EXPECT_EQ(next_page(R"(<https://h/a>; title="x"; rel="next")"), "https://h/a");
  EXPECT_EQ(next_page(R"(<https://h/a?x=1,2;3>; rel="next")"), "https://h/a?x=1,2;3");
}

TEST(NextPage, IsNothingOnTheLastPageOrInNonsense) {
  for (const char* header : {"", R"(<https://h/a>; rel="last")", "<https://h/a", "https://h/a; rel=\"next\"", "<>",
                             "<<<", R"(<https://h/a>; rel="nextish")"})
    EXPECT_EQ(next_page(header), std::nullopt) << header;
}

TEST(SameOrigin, TakesOnlyTheApisOwnSchemeHostAndPort) {
  const std::string api = "https://ghe.example/api/v3";
  EXPECT_EQ(same_origin(api, "https://ghe.example/api/v3/x?page=2"), "https://ghe.example/api/v3/x?page=2");
  EXPECT_EQ(same_origin(api, "https://GHE.example:443/x"), "https://GHE.example:443/x");
  EXPECT_EQ(same_origin(api, "/repositories/1"), "https://ghe.example:443/repositories/1");
  for (const char* other :
       {"http://ghe.example/x", "https://ghe.example:8443/x", "https://ghe.example.evil/x", "//evil.example/x",
        "https://ghe.example@evil.example/x", "", "x", "javascript:x", "/\\evil.example", "/a b"})
    EXPECT_EQ(same_origin(api, other), std::nullopt) << other;
}

}  // namespace
}  // namespace perfwarden::github
