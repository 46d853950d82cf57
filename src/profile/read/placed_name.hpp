#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perfwarden::profile {

// The name of a function that its language knows by place, as in JavaScript, Python or Ruby, where a file has many
// "(anonymous)" and many files a "render": "render (list.js:12)", "main (<file>)" when the line (from 1; 0 = unknown)
// is not known, or means another thing than where the function begins. Of the file's path the last part stands there,
// or the part from node_modules/ on, so that two checkouts say the same. A name never depends on what else the profile
// holds: base and head would differ in it. Other languages' names (C++, Go, Rust, Java) say enough, and stay.
[[nodiscard]] std::string placed_name(std::string_view name, std::string_view file, std::int64_t line);

}  // namespace perfwarden::profile
