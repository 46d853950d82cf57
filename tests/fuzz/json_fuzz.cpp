#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/parse.hpp"
#include "json/tree.hpp"
#include "json/write.hpp"

// What parse takes, Tree takes too, and it can be written and read again; what either refuses, it says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(text, "fuzz.json");
  const auto tree = json::Tree::read(text, "fuzz.json", {.repeated_keys = true});
  if (!value && (value.error().what.empty() || value.error().where.empty())) __builtin_trap();
  if (!tree && (tree.error().what.empty() || tree.error().where.empty())) __builtin_trap();
  if (!value) return 0;
  if (!tree) __builtin_trap();
  const auto again = json::parse(json::dump(*value));
  if (!again || *again != *value) __builtin_trap();
  return 0;
}
