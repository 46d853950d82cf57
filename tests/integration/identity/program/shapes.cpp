// edit: front of shapes.cpp
struct Shape {
  virtual double area(double side) const = 0;
  virtual double edge(double side) const = 0;
};
struct Square : Shape {
  double area(double side) const override { return side * side; }
  double edge(double side) const override { return 4 * side; }
};
struct Circle : Shape {
  double area(double side) const override { return side * side * 3.14159; }
  double edge(double side) const override { return side * 6.28318; }
};

__attribute__((noinline)) static double measure(const Shape& shape, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += shape.area(i) - shape.edge(0.5);
  return sum;
}

double areas(int count) {
  static Square square;
  static Circle circle;
  return measure(square, count) + measure(circle, 2 * count);
}
