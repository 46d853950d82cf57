#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perfwarden::profile {

// The name of a function in languages that identify functions by position, such as JavaScript, Python or Ruby, where a
// file has many "(anonymous)" and many files a "render": "render (list.js:12)", "main (<file>)" when the line (from 1;
// 0 = unknown) is not known, or is not where the function begins. The file is the last part of its path, or the part
// from node_modules/ on, so that two checkouts give the same name. A name never depends on what else the profile holds:
// base and head would differ in it. Names of other languages (C++, Go, Rust, Java) are unique enough and are not
// changed.
[[nodiscard]] std::string placed_name(std::string_view name, std::string_view file, std::int64_t line);

}  // namespace perfwarden::profile
