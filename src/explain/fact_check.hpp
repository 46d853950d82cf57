#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfwarden::explain {

// What is left of a text that a model wrote.
struct CheckedText {
  std::string text;
  std::size_t dropped = 0;  // sentences
};

// Keeps the sentences all of whose numbers and names of code occur in `known`, the text that the model was given.
// - A number occurs when a number of `known`, rounded to as many decimals, is equal to it, with the same unit where the
//   sentence gives one. "ten" is checked as 10. Numbers that are said in any other way ("twice", "a third", "1e1",
//   "8,4", "1/3") drop the sentence, and so does a "%" or "percent" after anything but a number.
// - A name of code is a word in backticks, or one with a digit, "::", "()", '_', '/', a '.' or a sign of markup within,
//   or a capital within; it occurs when `known` holds it as a whole word.
// - A character beyond ASCII is kept when `known` holds it, or when it is plain punctuation.
// At most `longest` bytes are kept, in whole sentences. Number words are those of English.
[[nodiscard]] CheckedText keep_known(std::string_view text, std::string_view known, std::size_t longest);

}  // namespace perfwarden::explain
