// kinds: dispatch
// function: area
#include <memory>

#include "common.hpp"

struct Shape {
  virtual ~Shape() = default;
};
struct Round : Shape {};
struct Circle : Round {
  int radius = 3;
};
static std::unique_ptr<Shape> shape = std::make_unique<Circle>();

NOINLINE int area(Shape* one) {
#if HEAD
  const auto* circle = dynamic_cast<Circle*>(one);
#else
  const auto* circle = static_cast<Circle*>(one);
#endif
  return circle->radius;
}

NOINLINE void work() {
  for (int i = 0; i < 2500000; ++i) {
    sink = area(shape.get());
    burn(30);
  }
}
