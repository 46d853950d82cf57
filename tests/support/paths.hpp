#pragma once

#include <string>

// Where this build and its sources are. Only paths.cpp is compiled with these paths, so that every other test source
// compiles to the same object in any clone, and ccache has it.
namespace perfwarden::support {

[[nodiscard]] std::string source_path(const std::string& name);  // a path in the source tree; "" is its top
[[nodiscard]] std::string allocator();                           // program that allocates as told: COUNT [vary|abort]
[[nodiscard]] std::string static_allocator();  // the same, linked statically: no object can be preloaded into it

}  // namespace perfwarden::support
