#include <cstddef>
#include <cstdint>
#include <string_view>

#include "github/zip.hpp"

// An archive gives an entry within its limit, or an error with words; the limit holds whatever the headers say.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
  const std::string_view zip(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"samples-head.json", "report.json", "a"}) {
    const auto entry = github::read_zip_entry(zip, name, k_most_bytes);
    if (entry ? entry->size() > k_most_bytes : entry.error().what.empty()) __builtin_trap();
  }
  return 0;
}
