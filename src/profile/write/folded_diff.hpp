#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sink.hpp"
#include "model/position.hpp"

namespace perfwarden::profile {

struct FoldedDiffOptions {
  bool normalize = false;  // base's counts × head's total ÷ base's total, cut to whole numbers
  bool strip_hex = false;  // 0x1f → 0x...: stacks that differ by addresses only are one
  std::array<std::string, 2> names{"base", "head"};  // of the files, for messages
};

struct FoldedDiff {
  std::size_t stacks = 0;  // lines written
  std::vector<Warning> warnings;
};

// Two folded texts (one number a line, inflated) as one with two: "stack base head", 0 where a side lacks the stack;
// base's stacks in the order first seen, then those of head alone. Equal to FlameGraph's difffolded.pl except for the
// order of lines and for lines that hold no stack: those are ignored with a warning. Memory holds an index of the
// distinct stacks, not the stacks; nothing goes to the sink before both texts are read. Error (parse) when a text has
// no stack, or more than 1 % of its lines are none; Error (usage) when base's total is 0 and it is to be normalised.
[[nodiscard]] Result<FoldedDiff> diff_folded(std::string_view base, std::string_view head,
                                             const FoldedDiffOptions& options, const Sink& sink);

}  // namespace perfwarden::profile
