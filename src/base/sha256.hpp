#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace perfwarden {

// SHA-256 (FIPS 180-4), for identities that nobody may forge. Made for bytes that come in pieces.
class Sha256 {
 public:
  void add(std::string_view bytes);
  // 64 lower-case hex digits over all that was added. Nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  void block(const unsigned char* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> rest_{};  // not yet a whole block
  std::size_t rest_size_ = 0;
  std::uint64_t size_ = 0;  // bytes
};

[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace perfwarden
