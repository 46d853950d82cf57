// kinds: dispatch
// function: work, Square::of
#include <memory>

#include "common.hpp"

#if HEAD
struct Shape {
  virtual int of(int i) const = 0;
  virtual ~Shape() = default;
};
struct Square : Shape {
  NOINLINE int of(int i) const override { return i * 3; }
};
static std::unique_ptr<Shape> shape = std::make_unique<Square>();
#else
struct Square {
  int of(int i) const { return i * 3; }
};
static std::unique_ptr<Square> shape = std::make_unique<Square>();
#endif

NOINLINE void work() {
  long t = 0;
  for (int i = 0; i < 60000000; ++i) {
    t += shape->of(i);
    asm volatile("" : "+r"(t));
  }
  sink = t;
}
