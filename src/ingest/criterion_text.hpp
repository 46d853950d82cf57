#pragma once

#include "ingest/format.hpp"

namespace perfwarden::ingest {

// The text that criterion prints under cargo bench: "sort/100   time:   [1.23 µs 1.25 µs 1.27 µs]", of which the middle
// one is the estimate. Longer names are on the line before.
[[nodiscard]] Result<Reading> read_criterion_text(const Document& document);
[[nodiscard]] int sniff_criterion_text(std::string_view head);

}  // namespace perfwarden::ingest
