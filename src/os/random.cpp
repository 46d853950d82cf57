#include "os/random.hpp"

#include <random>

namespace perfwarden::os {

std::uint64_t random_bits() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace perfwarden::os
