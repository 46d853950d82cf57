#include "profile/read/placed_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace perfwarden::profile {
namespace {

bool is_script(std::string_view file) {
  constexpr std::array<std::string_view, 12> k_endings{"js",  "mjs", "cjs", "jsx", "ts",  "tsx",
                                                       "vue", "py",  "pyx", "rb",  "php", "lua"};
  const std::size_t dot = file.rfind('.');
  return dot != std::string_view::npos &&
         std::find(k_endings.begin(), k_endings.end(), file.substr(dot + 1)) != k_endings.end();
}

// Without what a bundler or browser sets behind a file's name.
std::string_view without_query(std::string_view file) {
  return file.substr(0, file.find_first_of("?#"));
}

std::string_view shown_part(std::string_view file) {
  constexpr std::string_view k_packages = "node_modules/";
  if (file.starts_with("node:")) return file;
  if (const std::size_t at = file.rfind(k_packages); at != std::string_view::npos) return file.substr(at);
  while (file.ends_with('/')) file.remove_suffix(1);
  return file.substr(file.find_last_of("/\\") + 1);  // npos + 1 = 0
}

bool is_anonymous(std::string_view name) {
  return name.empty() || name == "(anonymous)" || name == "<anonymous>" || name == "anonymous" ||
         name == "(anonymous function)";
}

}  // namespace

std::string placed_name(std::string_view name, std::string_view file, std::int64_t line) {
  file = without_query(file);
  const bool anonymous = is_anonymous(name);
  if (anonymous) name = "(anonymous)";
  const std::string_view shown = shown_part(file);
  if (shown.empty() || (!anonymous && !is_script(file) && !file.starts_with("node:"))) return std::string(name);
  return line > 0 ? fmt::format("{} ({}:{})", name, shown, line) : fmt::format("{} ({})", name, shown);
}

}  // namespace perfwarden::profile
