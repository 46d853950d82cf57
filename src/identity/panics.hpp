#pragma once

#include <string_view>
#include <vector>

#include "identity/decoder.hpp"
#include "identity/pieces.hpp"

namespace perfwarden::identity {

// Rust writes the file, the line and the column of everything that may panic into the program, so that a new comment
// changes a constant of each function below it. Such a constant (core::panic::Location: a text, its length, and two
// 4-byte numbers) is told by nothing but the panic if all that refers to it hands it to a function of Rust's own
// libraries that does not come back.
inline constexpr std::uint64_t k_panic_location_size = 24;  // bytes
inline constexpr std::uint64_t k_panic_location_text = 16;  // bytes before the line and the column

// By piece: whether it is such a constant.
[[nodiscard]] std::vector<bool> panic_locations(const Pieces& pieces, Decoder& decoder);

// True for the linked name, in either mangling, of a function that the crates core, alloc or std define.
[[nodiscard]] bool is_of_rust_library(std::string_view name);

}  // namespace perfwarden::identity
