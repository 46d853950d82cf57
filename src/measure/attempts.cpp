#include "measure/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "measure/command.hpp"

namespace perfwarden::measure {
namespace {

constexpr int k_give_up_after = 3;  // failures of a case in a row

}  // namespace

std::optional<Warning> Attempts::note(const Step& step, bool ok) {
  OfCase& of = cases_[key_of(step)];
  of.in_a_row = ok ? 0 : of.in_a_row + 1;
  of.any_ok = of.any_ok || ok;
  if (of.in_a_row < k_give_up_after || !given_up_.insert({step.suite, step.case_index}).second) return std::nullopt;
  return Warning{"given-up", fmt::format("{}: given up, since it failed {} times in a row on {}", name_of(plan_, step),
                                         of.in_a_row, perfwarden::name_of(step.side))};
}

bool Attempts::is_first(const Step& step) const {
  return cases_.count(key_of(step)) == 0;
}

bool Attempts::is_given_up(const Step& step) const {
  return given_up_.count({step.suite, step.case_index}) != 0;
}

bool Attempts::fails_on_its_side(const Step& step) const {
  const auto found = cases_.find(key_of(step));
  return found != cases_.end() && found->second.in_a_row >= k_give_up_after;
}

bool Attempts::nothing_works(std::size_t suite, Side side) const {
  const std::size_t count = std::max<std::size_t>(1, plan_.suites[suite].cases.size());
  for (std::size_t c = 0; c < count; ++c) {
    const auto found = cases_.find({suite, c, side});
    if (found == cases_.end() || found->second.any_ok) return false;
  }
  return true;
}

}  // namespace perfwarden::measure
