#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ingest/format.hpp"

// Every benchmark output format reads every text: an error or measurements, never a crash and never a value that is not
// finite.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Suite suite;
  suite.name = "fuzz";
  suite.parser.regex = R"(^(?<name>\S+)\s+(?<value>[\d.]+)\s*(?<unit>ms|s)$)";
  int sure = 0;
  for (const ingest::Format* format : ingest::formats()) {
    sure += format->sniff(text.substr(0, 64 << 10)) > 0 ? 1 : 0;
    const auto reading = format->read({.text = text, .name = "fuzz", .suite = &suite, .case_name = ""});
    if (!reading) continue;
    for (const ingest::Measurement& measurement : reading->measurements) {
      for (const double value : measurement.values) {
        if (!(value - value == 0)) __builtin_trap();
      }
    }
  }
  if (sure > 1) __builtin_trap();  // two formats claim one text
  return 0;
}
