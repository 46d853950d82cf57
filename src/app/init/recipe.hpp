#pragma once

#include <string>
#include <string_view>

namespace perfwarden::app {

// The row of ingest/formats that the output of these command lines is of, by the words in them; "auto" when one run
// must show it.
[[nodiscard]] std::string parser_of_recipe(std::string_view lines);
// The lines of the first target of these names in a Makefile, or recipe in a justfile, with the name in `target`; empty
// when there is none.
[[nodiscard]] std::string recipe_in(std::string_view file, std::string& target);

}  // namespace perfwarden::app
