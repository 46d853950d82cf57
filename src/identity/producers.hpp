#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "identity/elf.hpp"

// What an image says it was built with: the section .comment, the producers that compilers write into debug information
// (DW_AT_producer, with the flags of GCC), and imported names of sanitizers.
namespace perfwarden::identity {

struct Producers {
  std::set<std::string> compilers;      // "GCC: (Debian 12.2.0-14) 12.2.0", "GNU C++17 12.2.0"
  std::set<std::string> optimisations;  // "-O2"; "none" for a unit whose flags are known and have no -O
  std::set<std::string> flags;          // all others that make code differ
  std::set<std::string> sanitizers;     // "address", "thread", "undefined", "memory", "coverage"
};
[[nodiscard]] Producers read_producers(const Image& image);

// One difference: what, and each side's answer in words.
struct ProducerDifference {
  std::string_view what;  // "sanitizer", "optimisation", "compiler", "flags"
  std::string base, head;
};
[[nodiscard]] std::vector<ProducerDifference> differences(const Producers& base, const Producers& head);

}  // namespace perfwarden::identity
