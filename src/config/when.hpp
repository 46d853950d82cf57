#pragma once

#include "config/reader.hpp"

namespace perfwarden::config {

// The key `when` of a suite: which runs measure it.
[[nodiscard]] When read_when(Reader& reader, const Section& suite);

}  // namespace perfwarden::config
