#include "app/doctor/workload.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

std::size_t times(double size, double usual) {
  return static_cast<std::size_t>(size * usual) + 1;
}

// Every step needs the one before it, so that none can run in parallel or be dropped.
std::uint64_t arithmetic(double size) {
  std::uint64_t x = 88172645463325252ULL;
  for (std::size_t i = times(size, 100e6); i > 0; --i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}

// One cycle through all places: a linear congruential step modulo a power of two has the full period (Hull and Dobell
// 1962), and its jumps miss the caches and the prefetcher.
std::uint64_t chase(double size) {
  constexpr std::uint32_t k_multiplier = 1664525, k_increment = 1013904223;
  const std::uint32_t places = size < 1 ? 1U << 12 : 1U << 24;
  std::vector<std::uint32_t> next(places);
  for (std::uint32_t i = 0; i < places; ++i) next[i] = (i * k_multiplier + k_increment) & (places - 1);
  std::uint32_t at = 0;
  std::uint64_t sum = 0;
  for (std::size_t i = times(size, 1.5e6); i > 0; --i) sum += at = next[at];
  return sum;
}

Status write_and_read(const std::string& folder, double size, std::uint64_t& sum) {
  const std::string text(std::size_t{256} << 10, 'x');
  for (std::size_t i = 0; i < times(size, 16); ++i) {
    const std::string path = fmt::format("{}/{}", folder, i);
    PW_TRY(os::write_file(path, text));
    PW_TRY_ASSIGN(const std::string back, os::read_file(path));
    sum += fnv1a(back);
  }
  return Nothing{};
}

Result<std::uint64_t> files(double size) {
  PW_TRY_ASSIGN(const std::string folder, os::make_temporary_directory("perfwarden-noise-"));
  std::uint64_t sum = 0;
  const Status done = write_and_read(folder, size, sum);
  const Status removed = os::remove_all(folder);
  if (!done) return done.error();
  if (!removed) return removed.error();
  return sum;
}

}  // namespace

Result<std::uint64_t> do_workload(std::string_view name, double size) {
  if (name == "cpu") return arithmetic(size);
  if (name == "memory") return chase(size);
  if (name == "io") return files(size);
  return Error{.kind = ErrorKind::usage,
               .what = "there is no workload '" + text::one_line(name) + "'",
               .hint = "cpu, memory or io"};
}

}  // namespace perfwarden::app
