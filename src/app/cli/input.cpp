#include "app/cli/input.hpp"

#include "base/text.hpp"

namespace perfwarden::app {

std::string input(const World& world, std::string_view name) {
  std::string upper;
  for (const char c : name) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (const auto value = world.environment.get("PERFWARDEN_" + text::replace_all(upper, "-", "_"))) return *value;
  return world.environment.get("INPUT_" + upper).value_or("");
}

}  // namespace perfwarden::app
