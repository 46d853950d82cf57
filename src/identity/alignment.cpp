#include "identity/alignment.hpp"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "identity/elf.hpp"

namespace perfwarden::identity {
namespace {

bool is_cold(std::string_view name) {
  return name.ends_with(".cold") || name.find(".cold.") != std::string_view::npos;
}

}  // namespace

Result<FunctionAlignment> function_alignment(std::string_view bytes) {
  PW_TRY_ASSIGN(const Image image, read_image(bytes));
  FunctionAlignment out;
  const Section* text = image.section(".text");
  if (text == nullptr) return out;
  out.is_asked_for = text->alignment >= k_cache_line;
  std::set<std::uint64_t> starts;  // several names of one function count once
  for (const Symbol& symbol : image.symbols) {
    const bool inside = symbol.address >= text->address && symbol.address < text->end();
    if (symbol.type != STT_FUNC || symbol.size == 0 || !inside || is_cold(symbol.name)) continue;
    if (!starts.insert(symbol.address).second) continue;
    ++out.functions;
    if (symbol.address % k_cache_line == 0) ++out.aligned;
  }
  return out;
}

}  // namespace perfwarden::identity
