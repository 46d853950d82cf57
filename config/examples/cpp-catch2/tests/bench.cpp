#include <catch2/catch.hpp>

static int work() {
  volatile int x = 0;
  for (int i = 0; i < 100000; ++i) x = x + i;
  return x;
}

TEST_CASE("sum", "[!benchmark]") {
  BENCHMARK("sum") {
    return work();
  };
}
