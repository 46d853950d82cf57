#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ingest/read.hpp"

// Every benchmark output format reads every text: an error or measurements, never a crash, never a value that is not
// finite; what was put together can be written and read back equal; and `auto` takes a format only where just one
// claims the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Suite suite;
  suite.name = "fuzz";
  suite.parser.regex = R"(^(?<name>\S+)\s+(?<value>[\d.]+)\s*(?<unit>\S*)$)";
  int sure = 0;
  for (const ingest::Format* format : ingest::formats()) {
    sure += format->sniff(text.substr(0, 64 << 10)) > 0 ? 1 : 0;
    const auto reading = format->read({.text = text, .name = "fuzz", .suite = &suite, .case_name = ""});
    if (!reading) {
      if (reading.error().text().find("fuzz") == std::string::npos) __builtin_trap();
      continue;
    }
    for (const ingest::Measurement& measurement : reading->measurements)
      for (const double value : measurement.values)
        if (!std::isfinite(value)) __builtin_trap();
    const auto samples = ingest::read_files({{"fuzz", std::string(text)}}, format->name, suite, Config{});
    if (!samples) continue;
    const auto again = ingest::parse_samples(ingest::write_samples(*samples), "again");
    if (!again || again->series != samples->series) __builtin_trap();
  }
  if (ingest::choose("auto", {.text = text, .name = "fuzz", .case_name = ""}).has_value() != (sure == 1))
    __builtin_trap();
  return 0;
}
