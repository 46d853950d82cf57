#include <map>
#include <stdexcept>
#include <string>

#include "common.hpp"

#if HEAD
int large(int x) {
  switch (x) {
    case 1:
      return 4;
    case 2:
      return 8;
    case 3:
      return static_cast<int>(burn(9) & 7);
    case 4:
      throw std::runtime_error("no");
  }
  std::map<int, std::string> words;
  for (int i = 0; i < x; ++i) words[i] = std::to_string(i);
  return static_cast<int>(words.size());
}
#endif

NOINLINE unsigned long step(int i) {
  return burn(900 + (i & 1));
}

NOINLINE void work() {
  for (int i = 0; i < 60000; ++i) sink = step(i);
}
