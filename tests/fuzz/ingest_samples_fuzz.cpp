#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ingest/read.hpp"

// A samples file is read whole or refused with its place; what was read is sorted, finite, and the same after writing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  const auto samples = ingest::parse_samples(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.json");
  if (!samples) {
    if (!samples.error().where.starts_with("fuzz.json") || samples.error().what.empty()) __builtin_trap();
    return 0;
  }
  for (std::size_t i = 0; i < samples->series.size(); ++i) {
    if (i > 0 && !(samples->series[i - 1].id < samples->series[i].id)) __builtin_trap();
    for (const auto& invocation : samples->series[i].invocations)
      for (const double value : invocation)
        if (!std::isfinite(value)) __builtin_trap();
  }
  const auto again = ingest::parse_samples(ingest::write_samples(*samples), "again");
  if (!again || *again != *samples) __builtin_trap();
  return 0;
}
