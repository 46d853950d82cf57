#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace perfwarden::os {

// The text that ends with a zero byte at this address of a stopped tracee; nullopt when it cannot be read or is longer
// than a path can be.
[[nodiscard]] std::optional<std::string> read_text(pid_t thread, std::uint64_t address);

// One machine word of a stopped tracee.
[[nodiscard]] std::optional<long> read_word(pid_t thread, std::uint64_t address);

}  // namespace perfwarden::os
