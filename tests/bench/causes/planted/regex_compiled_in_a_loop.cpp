// kinds: text
#include <regex>

#include "common.hpp"

#if !HEAD
static const std::regex k_word("a+b[0-9]*");
#endif

NOINLINE void work() {
  for (int i = 0; i < 3000; ++i) {
#if HEAD
    const std::regex k_word("a+b[0-9]*");
#endif
    sink = sink + std::regex_search("xxaab12", k_word);
    burn(20000);
  }
}
