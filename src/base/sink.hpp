#pragma once

#include <functional>
#include <string_view>

namespace perfwarden {

// A Sink takes a text in pieces, in order, when the whole would not fit into memory. It records its own write errors;
// the caller does not see them.
using Sink = std::function<void(std::string_view piece)>;

}  // namespace perfwarden
