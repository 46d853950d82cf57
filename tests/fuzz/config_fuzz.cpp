#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/load.hpp"

static const perfwarden::config::Vocabulary k_vocabulary{{"google-benchmark", "regex"}, {"html", "json"}};

// A config is read, or refused with a message; what was read can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const auto loaded =
      config::parse(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.yml", k_vocabulary);
  if (loaded ? config::show(*loaded).empty() : loaded.error().what.empty()) __builtin_trap();
  return 0;
}
