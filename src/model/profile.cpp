#include "model/profile.hpp"

#include <array>
#include <string_view>

namespace perfwarden {

bool counts_memory(const SampleType& type) {
  static constexpr std::array<std::string_view, 6> k_begins{"alloc", "inuse", "space", "objects", "heap", "memory"};
  const std::string_view name = type.name;
  for (const std::string_view begin : k_begins)
    if (name.starts_with(begin)) return true;
  return type.unit == "bytes" || type.unit == "byte" || type.unit == "B";
}

}  // namespace perfwarden
