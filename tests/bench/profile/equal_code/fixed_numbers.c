#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#ifndef EXTRA
#define EXTRA 0
#endif
#define NOINLINE __attribute__((noinline))
static double A[160][160], B[160][160], C[160][160];
static double x[1 << 14];
NOINLINE static void multiply(void) {
  for (int i = 0; i < 160; ++i)
    for (int j = 0; j < 160; ++j) {
      double s = 0;
      for (int k = 0; k < 160; ++k) s += A[i][k] * B[k][j];
      C[i][j] = s;
    }
}
NOINLINE static void smooth(void) {
  for (int r = 0; r < 60; ++r)
    for (int i = 1; i + 1 < (1 << 14); ++i) x[i] = (x[i - 1] + x[i] * 2 + x[i + 1]) * 0.25;
}
NOINLINE static double waves(int n) {
  double s = 0;
  for (int i = 0; i < n; ++i) s += sin(i * 0.001) * cos(i * 0.002);
  return s;
}
NOINLINE static double norm(void) {
  double s = 0;
  for (int r = 0; r < 40; ++r)
    for (int i = 0; i < (1 << 14); ++i) s += x[i] * x[i];
  return sqrt(s);
}
int main() {
  for (int i = 0; i < 160; ++i)
    for (int j = 0; j < 160; ++j) {
      A[i][j] = i + j * 0.5;
      B[i][j] = i * 0.25 - j;
    }
  for (int i = 0; i < (1 << 14); ++i) x[i] = i % 97;
  double t = 0;
  for (int r = 0; r < 32; ++r) {
    multiply();
    smooth();
    t += waves(1000 * (100 + EXTRA));
    t += norm();
  }
  printf("%g %g\n", t, C[3][4]);
}
