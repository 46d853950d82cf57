#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "identity/image.hpp"

namespace {
using namespace perfwarden::identity;

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

void check(const ImageComparison& comparison) {
  demand(comparison.reasons.empty() == (comparison.sameness <= Sameness::equivalent));
  demand(comparison.reasons.size() <= k_max_reasons);
  for (const FunctionChange& function : comparison.functions) demand(function.base || function.head);
}

}  // namespace

// Every image, however broken, is compared: with itself it never differs, and with another one it ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::string first(reinterpret_cast<const char*>(data), size);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto with_itself = compare_images(bytes, std::string(bytes) + '\0');  // a byte more, so that it is looked into
  check(with_itself);
  demand(with_itself.sameness != Sameness::differs);
  check(compare_images(bytes, first));
  check(compare_images(first, bytes));
  return 0;
}
