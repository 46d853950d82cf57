#include <cstddef>
#include <cstdint>
#include <string_view>

#include "report/renderer.hpp"

// A report read back from JSON can be rendered in every form, whatever names it holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const auto report = report::read_json(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.json");
  if (!report) return 0;
  static const report::Templates templates;
  for (const report::Renderer* renderer : report::renderers()) {
    const auto text = renderer->render(*report, templates, {});
    if (!text && text.error().what.empty()) __builtin_trap();
  }
  return 0;
}
