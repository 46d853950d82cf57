#pragma once

#include <string>
#include <string_view>

namespace perfwarden::support {

// Why the text is no well-formed XML, with the line; empty when it is.
[[nodiscard]] std::string xml_fault(std::string_view text);

}  // namespace perfwarden::support
