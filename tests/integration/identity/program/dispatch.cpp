// edit: front of dispatch.cpp
#include <cstdio>

__attribute__((noinline)) static long twice(long value) {
  return value + value;
}
__attribute__((noinline)) static long negated(long value) {
  return -value;
}
__attribute__((noinline)) static long halved(long value) {
  return value / 2;
}

using Step = long (*)(long);
static Step steps[] = {twice, negated, halved};

long dispatch(int kind, long value) {
  switch (kind) {
    case 0:
      return value + 7;
    case 1:
      return value * 3;
    case 2:
      std::puts("two");
      return value ^ 5;
    case 3:
      return value / 7;
    case 4:
      return value - 9;
    case 5:
      return twice(value);
    case 6:
      return value << 2;
    default:
      return steps[value & 1](value);
  }
}

long interpreted(const unsigned char* code) {
  static const void* const labels[] = {&&add, &&subtract, &&stop};
  long value = 0;
  goto* labels[*code++];
add:
  value += *code++;
  goto* labels[*code++];
subtract:
  value -= *code++;
  goto* labels[*code++];
stop:
  return value;
}
