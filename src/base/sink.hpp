#pragma once

#include <functional>
#include <string_view>

namespace perfwarden {

// A Sink takes a text in pieces, in order, where the whole would not fit into memory. What it cannot take is the
// owner's matter, not the caller's.
using Sink = std::function<void(std::string_view piece)>;

}  // namespace perfwarden
