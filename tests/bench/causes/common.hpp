// What every program of this folder starts with. HEAD is 0 in the base commit and 1 in the head commit.
#pragma once
#define NOINLINE __attribute__((noinline))

static volatile unsigned long sink;

// Work of a fixed cost that no compiler removes: about n multiplications.
NOINLINE unsigned long burn(unsigned long n) {
  unsigned long s = 0;
  for (unsigned long i = 0; i < n; ++i) {
    s = s * 31 + i;
    asm volatile("" : "+r"(s));
  }
  return s;
}

NOINLINE void work();

int main() {
  work();
  return 0;
}
