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

// Keeps the sentences all of whose numbers and names of code occur in `known`, the text that the model was given. A
// number occurs when a number of `known`, rounded to as many decimals, is equal to it. A name of code is a word in
// backticks, or one with "::", "()", '_', '/', a '.' within or a capital within; it occurs when it is part of `known`.
// At most `longest` bytes are kept, in whole sentences.
[[nodiscard]] CheckedText keep_known(std::string_view text, std::string_view known, std::size_t longest);

}  // namespace perfwarden::explain
