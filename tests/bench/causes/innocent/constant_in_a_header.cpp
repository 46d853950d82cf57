#include "common.hpp"

#if HEAD
inline constexpr unsigned long k_rounds = 900;
#else
#define k_rounds 900UL
#endif

NOINLINE unsigned long step(int i) {
  return burn(k_rounds + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
