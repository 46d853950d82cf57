#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "ingest/parts.hpp"
#include "json/tree.hpp"

namespace perfwarden::ingest {

// Calls visit for each JSON object or array that begins a line of the text, one after the other, skipping any text
// between them; one value is in memory at a time. `first_line` is the text's place in the document. Text that is not
// JSON is ignored with a note; reading ends at the first value that is cut off. Returns visit's first error.
[[nodiscard]] Status for_each_json(std::string_view text, const std::string& name, int first_line, Table& table,
                                   const std::function<Status(const json::Node&)>& visit);

}  // namespace perfwarden::ingest
