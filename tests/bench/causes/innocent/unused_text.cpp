#include "common.hpp"

#if HEAD
extern const char* const k_text_of_nobody = "some text that nobody reads, twice";
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
