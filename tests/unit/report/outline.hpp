#pragma once

#include <string>
#include <string_view>

#include "report/renderer.hpp"

// The data of a page is what its template gets, without the template's own words: a golden of it changes when the view
// changes, and not when the page is laid out anew.
namespace perfwarden::support {

// A template that prints the values the given one asks for, in its order: one line of "name: value | name: value" for
// each of its lines that holds any, after the list in which it stands. A section that chooses words only is printed as
// its name, an inverted one as "no name"; of a picture only that it was drawn.
[[nodiscard]] std::string outline_of(std::string_view mustache);
// All HTML templates replaced by their outlines.
[[nodiscard]] report::Templates outlines_of_html();

// A page that was filled from outlines, without the blank lines and ends of lines that empty sections leave.
[[nodiscard]] std::string tidied_outline(std::string_view page);

}  // namespace perfwarden::support
