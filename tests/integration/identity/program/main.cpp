// A small program of many parts, from which corpus_test.cpp makes pairs: it edits these texts where it finds them.
#include <cstdio>

long hot(int count);
long parse(const char* text);
double areas(int count);
long dispatch(int kind, long value);
long guarded(int value);
long counted(int count);
const char* named(int kind);
const char* colour(int kind);
long month(int number);
long interpreted(const unsigned char* code);
extern int rounds;

int main(int argc, char**) {
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    sum += hot(64);
    sum += parse("12,7,x,9001");
    sum += dispatch(i % 9, sum);
    sum += guarded(i + argc);
  }
  sum += counted(100) + month(1 + argc % 7);
  const unsigned char code[] = {0, 7, 1, 3, 2};
  sum += interpreted(code);
  if (argc > 7) sum -= hot(argc);
  std::printf("%ld %f %s %s\n", sum, areas(50), named(argc), colour(argc));
}
