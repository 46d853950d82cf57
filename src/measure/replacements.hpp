#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "model/position.hpp"
#include "os/machine/disturbance.hpp"

namespace perfwarden::measure {

// Replacements bound how many disturbed pairs of a suite are measured again: a fifth of those planned, at least 2. A
// machine that disturbs more often does so all the time, and repeating would cost time without better results.
class Replacements {
 public:
  explicit Replacements(std::size_t planned_pairs);
  // True when the pair is to be measured again. Counts what was disturbed and what was replaced.
  [[nodiscard]] bool take(const os::Disturbance& base, const os::Disturbance& head);
  // Counts a disturbed pair that is kept, since there is no time to measure it again.
  void leave(const os::Disturbance& base, const os::Disturbance& head);
  [[nodiscard]] std::size_t disturbed() const { return disturbed_; }
  [[nodiscard]] std::size_t replaced() const { return replaced_; }
  // What the report says about it; nullopt when nothing was disturbed. `suite` may be hostile text.
  [[nodiscard]] std::optional<Warning> warning(const std::string& suite, bool of_pairs = true) const;

 private:
  void note(const os::Disturbance& base, const os::Disturbance& head);

  std::size_t most_;
  std::size_t disturbed_ = 0, replaced_ = 0;
  std::string example_;
};

}  // namespace perfwarden::measure
