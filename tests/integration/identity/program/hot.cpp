#include <cassert>

// edit: front of hot.cpp
static const int weights[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

__attribute__((noinline)) static long helper(long value) {
  return value * 31 + 7;
}

static inline long folded(long value) {
  return value % 1000 + 3;
}

__attribute__((noinline)) long spread(long value, int width) {
  long sum = 0;
  for (int i = 0; i < width; ++i) sum += value >> (i & 31);
  return sum;
}

__attribute__((noinline, cold)) long rarely(long value) {
  return value / 3 + 1;
}

long hot(int count) {
  assert(count >= 0);
  long sum = 0;
  for (int i = 1; i <= count; ++i) {
    sum += weights[i & 15] * helper(i);
    sum = folded(sum);
    sum += spread(sum, 12);
  }
  if (count > 1000) sum = rarely(sum);
  return sum;
}

// A table that is used from its second entry on alone.
static const long from_one[8] = {0, 10, 20, 30, 40, 50, 60, 70};
long month(int number) {
  return from_one[number - 1];
}
