#include "common.hpp"

#if HEAD
struct Unused {
  int a, b;
};
enum class Color { red, green };
using Number = unsigned long;
struct Later;
void later(Later*);
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
