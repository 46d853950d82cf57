#pragma once

#include <string>
#include <string_view>

#include "report/page/page.hpp"

namespace perfwarden::report {

// A mark is one control character in a laid-out text, which no hostile text can hold (text::one_line) and which has no
// width; it becomes an escape sequence, or nothing, at the very end. Names: bold, red, yellow, cyan, green, dim, off.
[[nodiscard]] std::string mark(std::string_view style);
void put_marks(Data& data);                                                             // each by its name
[[nodiscard]] std::string painted(const std::string& words, const std::string& style);  // unchanged for an empty style
// The style of a state of view.hpp; empty for a quiet one.
[[nodiscard]] std::string style_of(std::string_view state);

// The page as it is printed: wrapped to `columns`, never two blank lines, marks as colour or as nothing.
[[nodiscard]] std::string print_page(const std::string& page, std::size_t columns, bool color);

}  // namespace perfwarden::report
