// kinds: input, more-work
// base-input: 30000
// head-input: 60000
#include <cstdio>
#include <cstdlib>

#include "common.hpp"

NOINLINE void work() {
  FILE* file = fopen("input.txt", "r");
  char line[32];
  while (fgets(line, sizeof line, file) != nullptr) sink = burn(3000 + static_cast<unsigned long>(atoi(line)));
  fclose(file);
}
