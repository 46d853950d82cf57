// kinds: text, allocation
// function: line
#include <cstdio>
#include <sstream>
#include <string>

#include "common.hpp"

NOINLINE std::string line(int i) {
#if HEAD
  std::ostringstream out;
  out << "item " << i << " of " << 2.5 * i;
  return out.str();
#else
  char bytes[48];
  bytes[0] = static_cast<char>('a' + i % 26);
  return std::string(bytes, 1);
#endif
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) {
    sink = line(i).size();
    burn(1500);
  }
}
