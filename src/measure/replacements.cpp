#include "measure/replacements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::measure {

Replacements::Replacements(std::size_t planned_pairs) : most_(std::max<std::size_t>(2, planned_pairs / 5)) {}

bool Replacements::take(const os::Disturbance& base, const os::Disturbance& head) {
  if (base.calm() && head.calm()) return false;
  note(base, head);
  if (replaced_ == most_) return false;
  ++replaced_;
  return true;
}

void Replacements::leave(const os::Disturbance& base, const os::Disturbance& head) {
  if (!base.calm() || !head.calm()) note(base, head);
}

void Replacements::note(const os::Disturbance& base, const os::Disturbance& head) {
  ++disturbed_;
  if (example_.empty()) example_ = base.calm() ? head.reason() : base.reason();
}

std::optional<Warning> Replacements::warning(const std::string& suite, bool of_pairs) const {
  if (disturbed_ == 0) return std::nullopt;
  const std::string name = text::one_line(suite);
  const std::string_view what = of_pairs ? "pair" : "run";
  if (replaced_ == disturbed_)
    return Warning{"disturbed", fmt::format("{}: {} disturbed {}{} measured again ({})", name, replaced_, what,
                                            replaced_ == 1 ? " was" : "s were", example_)};
  return Warning{
      "disturbed",
      fmt::format("{}: {} {}s were disturbed ({}), {} of them measured again; the others are kept, since at most a "
                  "fifth is measured again, and only within max-time: let nothing else run on this machine",
                  name, disturbed_, what, example_, replaced_)};
}

}  // namespace perfwarden::measure
