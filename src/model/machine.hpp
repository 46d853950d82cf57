#pragma once

#include <string>
#include <utility>
#include <vector>

namespace perfwarden {

// A Machine holds the facts that must be equal for the numbers of two runs to be comparable. Empty facts mean
// unknown.
struct Machine {
  // (name, value) in a fixed order: "cpu", "microcode", "cores", "governor", "turbo", "smt",
  // "kernel", "container", "memory", "toolchain", … Values may hold hostile text when read from a
  // file.
  std::vector<std::pair<std::string, std::string>> facts;
  std::string fingerprint;  // 16 hex digits over the facts; empty when unknown
  friend bool operator==(const Machine&, const Machine&) = default;
};

// The facts that differ: (name, base value, head value), in order. Empty when the machines match. A
// side without any facts whose fingerprint differs gives one row "fingerprint".
struct MachineDifference {
  std::string fact, base, head;
};
[[nodiscard]] std::vector<MachineDifference> differences(const Machine& base, const Machine& head);
// Sets `fingerprint` from `facts`.
void seal(Machine& machine);

}  // namespace perfwarden
