#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perfwarden {

// FNV-1a, 64 bit (Fowler, Noll, Vo; offset 14695981039346656037, prime 1099511628211). For
// identities, not for secrets.
[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes, std::uint64_t seed = 14695981039346656037ULL);
[[nodiscard]] std::string hex16(std::uint64_t value);  // 16 lower-case hex digits

// SplitMix64 (Steele, Lea, Flood 2014): a small generator whose sequence is the same everywhere,
// for recorded seeds.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound), bound > 0
  [[nodiscard]] double uniform();                          // [0, 1)

 private:
  std::uint64_t state_;
};

}  // namespace perfwarden
