#pragma once

#include <memory>
#include <string>
#include <string_view>

struct crypto_hash_sha256_state;  // libsodium's

namespace perfwarden {

// SHA-256 (FIPS 180-4), for identities that must not be forged. Takes its bytes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  // 64 lower-case hex digits over all bytes added. Nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  std::unique_ptr<crypto_hash_sha256_state> state_;
};

[[nodiscard]] std::string sha256(std::string_view bytes);
// HMAC-SHA-256 (RFC 2104) as 64 lower-case hex digits.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace perfwarden
