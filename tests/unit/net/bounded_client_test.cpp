#include "net/bounded_client.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/fakes.hpp"

namespace perfwarden::net {
namespace {

class Bounded : public testing::Test {
 protected:
  support::FakeClock clock;
  support::FakeHttp http;
  std::function<double()> now = [this] { return clock.monotonic_s(); };
};

TEST_F(Bounded, AnExchangeMayTakeNoLongerThanWhatIsLeft) {
  BoundedClient client(http, now, 60);
  clock.tick(45);
  EXPECT_EQ(client.remaining_s(), 15);
  ASSERT_TRUE(client.send({}));
  EXPECT_EQ(http.requests.at(0).timeout_s, 15);
  HttpRequest impatient;
  impatient.timeout_s = 2;
  ASSERT_TRUE(client.send(impatient));
  EXPECT_EQ(http.requests.at(1).timeout_s, 2);
}

TEST_F(Bounded, AfterTheBoundNothingIsSent) {
  BoundedClient client(http, now, 60);
  clock.tick(60);
  const auto outcome = client.send({});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::network);
  EXPECT_EQ(outcome.error().what, "not sent: 60 s have gone by");
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(Bounded, OfTwoBoundsTheShorterCounts) {
  BoundedClient whole(http, now, 10);
  BoundedClient share(whole, now, 60);
  EXPECT_EQ(share.remaining_s(), 10);
  clock.tick(4);
  share.restart(whole.remaining_s() / 2);
  EXPECT_EQ(share.remaining_s(), 3);
  clock.tick(3);
  EXPECT_FALSE(share.send({}));
  share.restart(100);
  EXPECT_EQ(share.remaining_s(), 3);
}

TEST_F(Bounded, AClientWithoutABoundHasAllTheTime) {
  EXPECT_TRUE(std::isinf(http.remaining_s()));
}

}  // namespace
}  // namespace perfwarden::net
