#include "common.hpp"

#if HEAD
class Stepper {
 public:
  [[nodiscard]] NOINLINE unsigned long step(int i) const { return burn(rounds_ + (i & 1)); }

 private:
  unsigned long rounds_ = 900;
};
static const Stepper stepper;
static unsigned long step(int i) {
  return stepper.step(i);
}
#else
NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}
#endif

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
